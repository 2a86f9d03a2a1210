/** One weight of a layer, in Keras' own layout and order. */
export interface WeightSpec {
  readonly layer: string
  /** Keras' name of the weight: `kernel`, `bias`, `gamma`, … */
  readonly weight: string
  readonly shape: readonly number[]
}

/** An architecture as Keras describes it: a functional model's configuration and the weights it needs. */
export interface KerasArchitecture {
  readonly name: string
  /** What `model.to_json()` gives, as far as it determines the computation. */
  readonly topology: object
  readonly weights: readonly WeightSpec[]
}

/** A value while an architecture is written down: the layer that makes it and its size. */
export interface Tap {
  readonly layer: string
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** Settings of a layer in Keras' names, and what follows from them. */
export interface LayerSpec {
  readonly kind: string
  readonly name: string
  readonly config?: object
  readonly inputs: readonly Tap[]
  readonly output: Omit<Tap, 'layer'>
  readonly weights?: Readonly<Record<string, readonly number[]>>
}

/** Collects the layers of one functional model. */
export interface Network {
  input(height: number, width: number, channels: number): Tap
  add(layer: LayerSpec): Tap
  finish(output: Tap): KerasArchitecture
}

/** Starts an empty functional model. */
export function createNetwork(name: string): Network {
  const layers: object[] = []
  const weights: WeightSpec[] = []
  const add = ({ kind, name: layer, config = {}, inputs, output, weights: own = {} }: LayerSpec): Tap => {
    const inbound = inputs.map((tap) => [tap.layer, 0, 0, {}])
    layers.push({
      class_name: kind,
      name: layer,
      config: { name: layer, ...config },
      inbound_nodes: inbound.length > 0 ? [inbound] : [],
    })
    for (const [weight, shape] of Object.entries(own)) weights.push({ layer, weight, shape })
    return { layer, ...output }
  }
  return {
    add,
    input: (height, width, channels) =>
      add({
        kind: 'InputLayer',
        name: 'input_1',
        config: { batch_input_shape: [null, height, width, channels], dtype: 'float32' },
        inputs: [],
        output: { height, width, channels },
      }),
    finish: (output) => ({
      name,
      topology: {
        class_name: 'Functional',
        config: { name, layers, input_layers: [['input_1', 0, 0]], output_layers: [[output.layer, 0, 0]] },
      },
      weights,
    }),
  }
}
