import {
  createGraph,
  createModel,
  createRandom,
  type FloatTensor,
  type Model,
  tensor,
  type Value,
} from '@saliency/core'
import { type Kernel, type Matrix, matrixOf, beside, type Size, sizeBehind } from './oracle.ts'

/** A network in both forms: the graph, and its layers as matrices. */
export interface TwinNetwork {
  readonly model: Model
  readonly weights: ReadonlyMap<string, FloatTensor>
  readonly matrices: readonly Matrix[]
}

/** How a convolution of a twin differs from 3×3 without padding. */
type Geometry = Partial<Pick<Kernel, 'strides' | 'pads' | 'dilations' | 'group'>> & {
  readonly channels: number
  readonly kernel?: readonly [number, number]
  readonly batchNorm?: boolean
}

/** A layer of a twin: one convolution, or two side by side that are concatenated. */
export type Stage = Geometry | readonly [Geometry, Geometry]

const EPSILON = 1e-3

/** Grows both forms at once. */
class Builder {
  readonly graph = createGraph()
  readonly weights = new Map<string, FloatTensor>()
  readonly matrices: Matrix[] = []
  private readonly seed: number

  constructor(seed: number) {
    this.seed = seed
  }

  parameter(
    name: string,
    shape: readonly number[],
    role: 'kernel' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance',
  ): Value {
    const random = createRandom(this.seed, 'twin', name)
    const size = shape.reduce((product, dim) => product * dim, 1)
    const fan =
      role === 'kernel'
        ? Math.sqrt(2 / (size / (shape.length === 4 ? Number(shape[0]) : Number(shape[1]))))
        : 0.2
    const draw = () =>
      role === 'gamma' || role === 'variance' ? 0.5 + random.uniform() : fan * random.normal()
    this.weights.set(name, tensor(Float32Array.from({ length: size }, draw), shape))
    return this.graph.ops.parameter(name, shape, role)
  }

  read(name: string): Float32Array {
    return (this.weights.get(name) as FloatTensor).data
  }

  /** One convolution, its batch norm folded by hand into the matrix. */
  convolution(
    name: string,
    x: Value,
    size: Size,
    given: Geometry,
  ): { output: Value; matrix: Matrix; size: Size } {
    const { channels, kernel: [kh, kw] = [3, 3], batchNorm = false } = given
    const { strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], group = 1 } = given
    const shape = [channels, size[0] / group, kh, kw] as const
    const w = this.parameter(`${name}/kernel`, shape, 'kernel')
    const b = this.parameter(`${name}/bias`, [channels], 'bias')
    let output = this.graph.layer(name).conv(x, w, b, { strides, pads, dilations, group })
    let data: ArrayLike<number> = this.read(`${name}/kernel`)
    let bias: ArrayLike<number> = this.read(`${name}/bias`)
    if (batchNorm) {
      const [gamma, beta, mean, variance] = (['gamma', 'beta', 'mean', 'variance'] as const).map((role) =>
        this.parameter(`${name}-norm/${role}`, [channels], role),
      ) as [Value, Value, Value, Value]
      output = this.graph
        .layer(`${name}-norm`)
        .batchNormalization(output, gamma, beta, mean, variance, EPSILON)
      const of = (role: string) => this.read(`${name}-norm/${role}`)
      const scale = Array.from(
        of('gamma'),
        (value, c) => value / Math.sqrt(Number(of('variance')[c]) + EPSILON),
      )
      const each = data.length / channels
      data = Array.from(data, (value, index) => value * Number(scale[Math.floor(index / each)]))
      bias = Array.from(
        bias,
        (value, c) => (value - Number(of('mean')[c])) * Number(scale[c]) + Number(of('beta')[c]),
      )
    }
    const kernel: Kernel = { data, shape, bias, strides, pads, dilations, group }
    return { output, matrix: matrixOf(size, kernel), size: sizeBehind(size, kernel) }
  }
}

const isPair = (stage: Stage): stage is readonly [Geometry, Geometry] => Array.isArray(stage)

/** A network of convolutions with an activation behind each, and a dense layer to three classes, on images `[n, 2, 6, 7]`. */
export function twinNetwork(
  stages: readonly Stage[],
  seed: number,
  activation: (name: string, x: Value) => Value = (name, x) => x.graph.layer(name).relu(x),
): TwinNetwork {
  const builder = new Builder(seed)
  const { graph } = builder
  const image = graph.layer('image').input('image', ['n', 2, 6, 7])
  let x = image
  let size: Size = [2, 6, 7]
  for (const [index, stage] of stages.entries()) {
    const name = `conv${index + 1}`
    const branches = (isPair(stage) ? stage : [stage]).map((each, branch) =>
      builder.convolution(isPair(stage) ? `${name}-${branch + 1}` : name, x, size, each),
    )
    const [first, second] = branches as [(typeof branches)[0], (typeof branches)[0] | undefined]
    const joined = second
      ? graph.layer(`${name}-join`).concat([first.output, second.output], 1)
      : first.output
    builder.matrices.push(second ? beside(first.matrix, second.matrix) : first.matrix)
    size = [first.size[0] + (second?.size[0] ?? 0), first.size[1], first.size[2]]
    x = activation(`activation${index + 1}`, joined)
  }
  const length = size[0] * size[1] * size[2]
  const w = builder.parameter('dense/kernel', [length, 3], 'kernel')
  const logits = graph
    .layer('dense')
    .gemm(graph.layer('flatten').flatten(x), w, builder.parameter('dense/bias', [3], 'bias'))
  const rows = [...builder.read('dense/kernel')]
  builder.matrices.push({
    weights: Array.from({ length }, (_, i) => rows.slice(3 * i, 3 * i + 3)),
    bias: [...builder.read('dense/bias')],
  })
  const model = createModel({ name: 'twin', graph, image, logits, head: 'none' })
  return { model, weights: builder.weights, matrices: builder.matrices }
}
