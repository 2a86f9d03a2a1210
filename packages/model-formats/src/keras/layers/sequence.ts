import { fixedDim, type FloatTensor, type Value } from '@saliency/core'
import { unsupported } from '../../problems.ts'
import { asSourceValue, channelsLast, inSourceOrder, type SourceValue } from '../../source-value.ts'
import { withShape } from '../../weights/permute.ts'
import type { ConfigReader } from '../config-reader.ts'
import type { LayerCall, LayerImporter, WeightRequest } from '../layer-call.ts'
import { convolutionLayers } from './convolution.ts'
import { poolingLayers } from './pooling.ts'
import { shapeLayers } from './shape.ts'

const isFirst = ({ config }: LayerCall) => /first/i.test(config.string('data_format', 'channels_last'))

/** The settings of a layer over one axis as those of the same layer over columns, in a single row. */
function overColumns(config: ConfigReader): ConfigReader {
  const settings: ConfigReader = {
    ...config,
    pair(key, standard) {
      if (!config.has(key)) return standard ? [1, standard[1]] : config.pair(key)
      const [size = 1, ...others] = config.numbers(key)
      if (others.length > 0)
        throw unsupported(`${key} has ${others.length + 1} numbers, of which it takes one`)
      return [1, size]
    },
    raw(key) {
      const value = config.raw(key)
      if (key !== 'padding' && key !== 'cropping') return value
      const [before, after = before] = [value].flat()
      return typeof before === 'number' ? [[0, 0], [before, after]] : value // prettier-ignore
    },
    // The sequence has been laid out already, and what a causal convolution pads has been padded.
    string: (key, standard) =>
      key === 'data_format'
        ? 'channels_last'
        : config.string(key, standard).replace(/^causal$/, key === 'padding' ? 'valid' : 'causal'),
  }
  return settings
}

/** What a causal convolution sees in front of the first token: nothing. */
function padded({ config, ops }: LayerCall, image: Value): Value {
  const isCausal = config.has('kernel_size') && config.string('padding', 'valid') === 'causal'
  if (!isCausal) return image
  const [size = 1] = config.numbers('kernel_size')
  const [dilation = 1] = config.has('dilation_rate') ? config.numbers('dilation_rate') : [1]
  return ops.pad(image, { pads: [[0, 0], [0, 0], [0, 0], [dilation * (size - 1), 0]] }) // prettier-ignore
}

/** A kernel `[k, in, out]` is one of a single row. */
const withRow = ({ shape, arrange, ...request }: WeightRequest): WeightRequest => ({
  ...request,
  shape: shape.slice(1),
  ...(arrange && { arrange: (stored: FloatTensor) => arrange(withShape(stored, shape)) }),
})

/** A layer over the tokens of `[n, t, c]` by the same layer over the columns of an image with one row, `[n, c, 1, t]`. */
const inOneRow =
  (name: string, layer: LayerImporter | undefined): LayerImporter =>
  (call) => {
    if (!layer) throw new Error(`internal: no layer ${name}`)
    const { ops } = call
    const value = inSourceOrder(call.input, ops)
    if (value.shape.length !== 3)
      throw unsupported(`it reads a value of rank ${value.shape.length}, not a sequence [n, steps, channels]`)
    const first = isFirst(call)
    const [batch = 'n', channels = 1, steps = 1] = (first ? value : ops.transpose(value, [0, 2, 1])).shape
    const rows = ops.reshape(first ? value : ops.transpose(value, [0, 2, 1]), [batch, channels, 1, steps])
    const input: SourceValue = { value: padded(call, rows), axes: channelsLast }
    const result = layer({
      ...call,
      config: overColumns(call.config),
      input,
      inputs: [input],
      parameter: (request) => call.parameter(request.shape.length === 4 ? withRow(request) : request),
    })
    if (result.value.shape.length !== 4) return result
    const [, made, , left] = result.value.shape.map((dim, axis) => (axis === 0 ? 1 : fixedDim(dim, 'A size')))
    const sequence = ops.reshape(result.value, [batch, made as number, left as number])
    return asSourceValue(first ? sequence : ops.transpose(sequence, [0, 2, 1]))
  }

const over = (table: Readonly<Record<string, LayerImporter>>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, inOneRow(name, table[name.replace('1D', '2D')])]))

/** Vectors repeated: `[n, c]` becomes `[n, k, c]`. */
const repeatVector: LayerImporter = ({ input, config, ops }) => {
  const value = inSourceOrder(input, ops)
  const [batch = 'n', size = 1] = value.shape
  const count = config.number('n')
  return asSourceValue(ops.expand(ops.reshape(value, [batch, 1, size]), [batch, count, size]))
}

/** Layers over one axis, as channel attentions (ECA) and heads over tokens have them. */
export const sequenceLayers: Readonly<Record<string, LayerImporter>> = {
  ...over(convolutionLayers, ['Conv1D', 'DepthwiseConv1D', 'SeparableConv1D', 'Conv1DTranspose']),
  ...over(poolingLayers, [
    'MaxPooling1D',
    'AveragePooling1D',
    'GlobalAveragePooling1D',
    'GlobalMaxPooling1D',
  ]),
  ...over(shapeLayers, ['ZeroPadding1D', 'Cropping1D', 'UpSampling1D']),
  RepeatVector: repeatVector,
}
