import type { Preprocess } from '@saliency/model-formats'

/** What libraries train with: pixels in a range, then mean and standard deviation. */
export const presets: readonly {
  readonly name: string
  readonly range: [number, number]
  readonly mean: number[]
  readonly std: number[]
}[] = [
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

/** The preset's values for as many channels as the network takes; grey takes their average. */
export function withPreset(preprocess: Preprocess, index: number): Preprocess {
  const { range, mean, std } = presets[index] as (typeof presets)[number]
  const average = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
  const count = preprocess.mean.length
  const own = (values: number[]) =>
    count === values.length ? values : Array.from({ length: count }, () => average(values))
  return { ...preprocess, input: { ...preprocess.input, range }, mean: own(mean), std: own(std) }
}

/** Which preset a preprocessing is, or −1. */
export function presetOf(preprocess: Preprocess): number {
  const text = ({ input, mean, std }: Preprocess) => JSON.stringify([input.range, mean, std])
  return presets.findIndex((_, index) => text(withPreset(preprocess, index)) === text(preprocess))
}
