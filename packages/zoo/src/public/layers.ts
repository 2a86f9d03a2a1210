import type { Network, Tap } from './network.ts'

/** Settings of a convolution that differ from Keras' defaults. */
export interface ConvSettings {
  readonly strides?: number
  readonly padding?: 'same' | 'valid'
  readonly bias?: boolean
  readonly activation?: string
}

/** Pixels added at the top, bottom, left and right. */
export type Margins = readonly [top: number, bottom: number, left: number, right: number]

/** Writes layers down in Keras' names; every function returns what the layer gives. */
export interface LayerWriter {
  conv(x: Tap, name: string, filters: number, size: number, settings?: ConvSettings): Tap
  depthwise(x: Tap, name: string, size: number, settings?: ConvSettings): Tap
  dense(x: Tap, name: string, units: number, activation: string): Tap
  batchNorm(x: Tap, name: string, epsilon: number): Tap
  activation(x: Tap, name: string, activation: string): Tap
  /** ReLU cut off at 6. */
  relu6(x: Tap, name: string): Tap
  pad(x: Tap, name: string, margins: Margins): Tap
  maxPool(x: Tap, name: string, size: number, strides: number): Tap
  globalAverage(x: Tap, name: string, keepDims?: boolean): Tap
  flatten(x: Tap, name: string): Tap
  /** To one pixel with the same channels. */
  toPixel(x: Tap, name: string): Tap
  /** To a vector of the same length. */
  toVector(x: Tap, name: string): Tap
  /** Element-wise; the last operand may be one pixel that is repeated. */
  merge(kind: 'Add' | 'Multiply', inputs: readonly Tap[], name: string): Tap
  dropout(x: Tap, name: string, rate: number): Tap
}

const slid = (side: number, size: number, strides: number, padding: string) =>
  padding === 'same' ? Math.ceil(side / strides) : Math.floor((side - size) / strides) + 1

function window(x: Tap, size: number, strides: number, padding: string): Pick<Tap, 'height' | 'width'> {
  return { height: slid(x.height, size, strides, padding), width: slid(x.width, size, strides, padding) }
}

/** The layers of one network. */
export function layerWriter(network: Network): LayerWriter {
  const plain = (kind: string, x: Tap, name: string, config: object = {}, change: Partial<Tap> = {}) =>
    network.add({ kind, name, config, inputs: [x], output: { ...size(x), ...change } })
  return {
    ...convolutions(network),
    ...poolings(plain),
    dense: (x, name, units, activation) =>
      network.add({
        kind: 'Dense',
        name,
        config: { units, activation, use_bias: true },
        inputs: [x],
        output: { height: 1, width: 1, channels: units },
        weights: { kernel: [x.channels, units], bias: [units] },
      }),
    batchNorm(x, name, epsilon) {
      const [config, shape] = [{ axis: [3], epsilon, center: true, scale: true }, [x.channels]]
      const weights = { gamma: shape, beta: shape, moving_mean: shape, moving_variance: shape }
      return network.add({ kind: 'BatchNormalization', name, config, inputs: [x], output: size(x), weights })
    },
    activation: (x, name, activation) => plain('Activation', x, name, { activation }),
    relu6: (x, name) => plain('ReLU', x, name, { max_value: 6, negative_slope: 0, threshold: 0 }),
    dropout: (x, name, rate) => plain('Dropout', x, name, { rate }),
    toPixel: (x, name) => plain('Reshape', x, name, { target_shape: [1, 1, x.channels] }),
    toVector: (x, name) => plain('Reshape', x, name, { target_shape: [x.channels] }),
    merge: (kind, inputs, name) => network.add({ kind, name, inputs, output: size(inputs[0] as Tap) }),
  }
}

const size = ({ height, width, channels }: Tap) => ({ height, width, channels })

function convolutions(network: Network): Pick<LayerWriter, 'conv' | 'depthwise'> {
  return {
    conv(
      x,
      name,
      filters,
      kernel,
      { strides = 1, padding = 'same', bias = true, activation = 'linear' } = {},
    ) {
      const shape = [kernel, kernel, x.channels, filters]
      return network.add({
        kind: 'Conv2D',
        name,
        config: {
          filters,
          kernel_size: [kernel, kernel],
          strides: [strides, strides],
          padding,
          use_bias: bias,
          activation,
        },
        inputs: [x],
        output: { ...window(x, kernel, strides, padding), channels: filters },
        weights: bias ? { kernel: shape, bias: [filters] } : { kernel: shape },
      })
    },
    depthwise(x, name, kernel, { strides = 1, padding = 'same' } = {}) {
      return network.add({
        kind: 'DepthwiseConv2D',
        name,
        config: {
          kernel_size: [kernel, kernel],
          strides: [strides, strides],
          padding,
          depth_multiplier: 1,
          use_bias: false,
        },
        inputs: [x],
        output: { ...window(x, kernel, strides, padding), channels: x.channels },
        weights: { depthwise_kernel: [kernel, kernel, x.channels, 1] },
      })
    },
  }
}

type Plain = (kind: string, x: Tap, name: string, config?: object, change?: Partial<Tap>) => Tap

function poolings(plain: Plain): Pick<LayerWriter, 'pad' | 'maxPool' | 'globalAverage' | 'flatten'> {
  return {
    pad(x, name, [top, bottom, left, right]) {
      const change = { height: x.height + top + bottom, width: x.width + left + right }
      return plain(
        'ZeroPadding2D',
        x,
        name,
        {
          padding: [
            [top, bottom],
            [left, right],
          ],
        },
        change,
      )
    },
    maxPool: (x, name, kernel, strides) =>
      plain(
        'MaxPooling2D',
        x,
        name,
        { pool_size: [kernel, kernel], strides: [strides, strides], padding: 'valid' },
        window(x, kernel, strides, 'valid'),
      ),
    globalAverage: (x, name, keepDims = false) =>
      plain('GlobalAveragePooling2D', x, name, { keepdims: keepDims }, { height: 1, width: 1 }),
    flatten: (x, name) =>
      plain('Flatten', x, name, {}, { height: 1, width: 1, channels: x.height * x.width * x.channels }),
  }
}

/** Keras' `correct_pad`: what makes a strided VALID convolution of a square kernel centre its windows as it did in training. */
export function correctPad(x: Tap, kernel: number): Margins {
  const whole = Math.floor(kernel / 2)
  const [vertical, horizontal] = [1 - (x.height % 2), 1 - (x.width % 2)]
  return [whole - vertical, whole, whole - horizontal, whole]
}
