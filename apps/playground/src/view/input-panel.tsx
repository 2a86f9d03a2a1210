import type { Preprocess } from '@saliency/model-formats'
import { describeInput } from '../state/actions.ts'
import { save } from '../state/save.ts'
import { network } from '../state/state.ts'

/** What libraries train with: pixels in a range, then mean and standard deviation. */
const presets: readonly { name: string; range: [number, number]; mean: number[]; std: number[] }[] = [
  { name: '[0, 1]', range: [0, 1], mean: [0, 0, 0], std: [1, 1, 1] },
  { name: '[0, 255]', range: [0, 255], mean: [0, 0, 0], std: [1, 1, 1] },
  { name: '[−1, 1] (Keras, TensorFlow)', range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1] },
  {
    name: 'ImageNet mean and std (torchvision, timm)',
    range: [0, 1],
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  { name: 'Mean and std ½ (timm, transformers)', range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  {
    name: 'BGR means in [0, 255] (Caffe)',
    range: [0, 255],
    mean: [103.939, 116.779, 123.68],
    std: [1, 1, 1],
  },
]

const isGrey = ({ input: { channels } }: Preprocess) => channels === 'grey'

function withPreset(preprocess: Preprocess, index: number): Preprocess {
  const { range, mean, std } = presets[index] as (typeof presets)[number]
  const own = (values: number[]) => (isGrey(preprocess) ? [values.reduce((a, b) => a + b, 0) / 3] : values)
  return { ...preprocess, input: { ...preprocess.input, range }, mean: own(mean), std: own(std) }
}

function presetOf(preprocess: Preprocess): number {
  const text = ({ input, mean, std }: Preprocess) => JSON.stringify([input.range, mean, std])
  return presets.findIndex((_, index) => text(withPreset(preprocess, index)) === text(preprocess))
}

const resizeOf = ({ resize }: Preprocess) =>
  typeof resize === 'object' ? 'shorter side' : (resize ?? 'cover')

/** What the network is fed: wrong preprocessing is the usual reason for wrong predictions. */
export function InputPanel() {
  const facts = network.value
  if (!facts) return null
  const { preprocess, isGuessed } = facts
  const { height, width, channels, range } = preprocess.input
  const change = (next: Preprocess) => void describeInput(next)
  const preset = presetOf(preprocess)
  return (
    <details class="input-panel" open={isGuessed}>
      <summary>
        Input {height}×{width}, {typeof channels === 'number' ? `${channels} channels` : channels}
      </summary>
      {isGuessed && (
        <p class="loud" role="alert">
          Guessed: nothing beside the network says how it wants its pictures. If the predictions look wrong,
          choose another scale here.
        </p>
      )}
      <label>
        Pixel values
        <select
          value={preset}
          onChange={({ currentTarget }) => change(withPreset(preprocess, Number(currentTarget.value)))}
        >
          {preset < 0 && (
            <option value={-1}>
              [{range.join(', ')}], mean {preprocess.mean.join(', ')}, std {preprocess.std.join(', ')}
            </option>
          )}
          {presets.map(({ name }, index) => (
            <option value={index}>{name}</option>
          ))}
        </select>
      </label>
      {(channels === 'RGB' || channels === 'BGR') && (
        <label>
          Channels
          <select
            value={channels}
            onChange={({ currentTarget }) =>
              change({
                ...preprocess,
                input: { ...preprocess.input, channels: currentTarget.value as 'RGB' | 'BGR' },
              })
            }
          >
            <option>RGB</option>
            <option>BGR</option>
          </select>
        </label>
      )}
      <label>
        Other sizes
        <select
          value={resizeOf(preprocess)}
          onChange={({ currentTarget }) =>
            change({ ...preprocess, resize: currentTarget.value as 'cover' | 'stretch' })
          }
        >
          <option value="cover">scale, cut out the centre</option>
          <option value="stretch">stretch</option>
          {typeof preprocess.resize === 'object' && (
            <option value="shorter side">
              shorter side to {preprocess.resize.shorterSide}, cut out the centre
            </option>
          )}
        </select>
      </label>
      <button type="button" onClick={() => save('preprocess.json', JSON.stringify(preprocess, undefined, 2))}>
        Save preprocess.json
      </button>
    </details>
  )
}
