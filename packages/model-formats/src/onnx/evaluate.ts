import { computedSize } from '../weights/limits.ts'
import { SaliencyError } from '@saliency/core'
import {
  binaryNames,
  combineConstant,
  mapConstant,
  selectConstant,
  unaryNames,
} from '../constant/arithmetic.ts'
import {
  cumulate,
  multiplyConstant,
  normaliseConstant,
  tileConstant,
  triangle,
} from '../constant/along-axes.ts'
import {
  concatConstant,
  gatherConstant,
  reshapeConstant,
  sliceConstant,
  transposeConstant,
} from '../constant/arrange.ts'
import { gatherAt, scatterAt } from '../constant/index-nd.ts'
import {
  forOneImage,
  integersOf,
  constantFloats,
  constantLike,
  numbersIn,
  type ConstantTensor,
} from '../constant/constant-tensor.ts'
import { unsupported } from '../problems.ts'
import { isConstant, type NodeCall } from './node-call.ts'
import { axesOf, castConstant, sliceRanges, squeezeShape, unsqueezeShape } from './shape-arguments.ts'
import { expandConstant, reduceConstant } from '../constant/reduce.ts'

type Evaluator = (
  call: NodeCall,
  inputs: readonly [ConstantTensor, ConstantTensor, ConstantTensor],
) => ConstantTensor

const evaluators: Readonly<Record<string, Evaluator>> = {
  Identity: (_, [x]) => x,
  Cast: (call, [x]) => castConstant(x, call.attributes.integer('to', 1)),
  Concat: ({ attributes }, inputs) => concatConstant(inputs, attributes.integer('axis', 0)),
  Gather: ({ attributes }, [x, indices]) => gatherConstant(x, indices, attributes.integer('axis', 0)),
  Slice: (call, [x]) => sliceConstant(x, sliceRanges(call, x.shape.length)),
  Squeeze: (call, [x]) => ({ ...x, shape: squeezeShape(x.shape, axesOf(call)) as number[] }),
  Unsqueeze: (call, [x]) => ({ ...x, shape: unsqueezeShape(x.shape, axesOf(call) ?? []) as number[] }),
  Reshape: (_, [x, target]) => reshapeConstant(x, integersOf(target)),
  Flatten: ({ attributes }, [x]) => {
    const axis = attributes.integer('axis', 1)
    return reshapeConstant(x, [x.shape.slice(0, axis).reduce((product, dim) => product * dim, 1), -1])
  },
  Transpose: ({ attributes }, [x]) =>
    transposeConstant(x, attributes.integers('perm') ?? x.shape.map((_, axis) => axis).toReversed()),
  Expand: (_, [x, shape]) => expandConstant(x, integersOf(shape)),
  Where: (_, [condition, a, b]) => selectConstant(condition, a, b),
  Range: (call, [start, limit, delta]) => {
    const [from, to, step] = [start, limit, delta].map((known) => numbersIn(known.data)[0]) as [
      number,
      number,
      number,
    ]
    const length = computedSize([Math.max(0, Math.ceil((to - from) / step))], `'${call.name}'`)
    return constantLike(
      start,
      Array.from({ length }, (__, index) => from + index * step),
      [length],
    )
  },
  CumSum: ({ attributes }, [x, axis]) =>
    cumulate(x, integersOf(axis)[0] ?? 0, {
      exclusive: attributes.integer('exclusive', 0) === 1,
      reverse: attributes.integer('reverse', 0) === 1,
    }),
  GatherND: ({ attributes }, [x, indices]) => {
    if (attributes.integer('batch_dims', 0) !== 0) throw unsupported('indices with batch axes')
    return gatherAt(x, indices)
  },
  ScatterND: ({ attributes }, [x, indices, updates]) => {
    if (attributes.text('reduction', 'none') !== 'none') throw unsupported('a reduction of what is replaced')
    return scatterAt(x, indices, updates)
  },
  Tile: (_, [x, repeats]) => tileConstant(x, integersOf(repeats)),
  Trilu: ({ attributes }, [x, k]) =>
    triangle(x, k ? (integersOf(k)[0] ?? 0) : 0, attributes.integer('upper', 1) === 1),
  MatMul: (_, [a, b]) => multiplyConstant(a, b),
  Clip: (call, [x, minimum, maximum]) => {
    const bound = (known: ConstantTensor | undefined, name: string, open: number) =>
      known ?? constantFloats(Float32Array.of(call.attributes.float(name, open)), [])
    const raised = combineConstant('Max', x, bound(minimum, 'min', -Infinity))
    return { ...combineConstant('Min', raised, bound(maximum, 'max', Infinity)), type: x.type }
  },
  BatchNormalization: ({ attributes }, inputs) => {
    const [x, gamma, beta, mean, variance] = inputs as readonly ConstantTensor[] as [
      ConstantTensor,
      ConstantTensor,
      ConstantTensor,
      ConstantTensor,
      ConstantTensor,
    ]
    const isTraining = attributes.integer('training_mode', 0) === 1
    return normaliseConstant(
      x,
      isTraining ? [gamma, beta] : [gamma, beta, mean, variance],
      attributes.float('epsilon', 1e-5),
    )
  },
  ...Object.fromEntries(
    Object.entries({
      ReduceProd: 'product',
      ReduceSum: 'sum',
      ReduceMean: 'mean',
      ReduceMax: 'maximum',
      ReduceMin: 'minimum',
    } as const).map(([name, kind]): [string, Evaluator] => [
      name,
      (call, [x]) => reduceConstant(kind, x, axesOf(call), call.attributes.integer('keepdims', 1) === 1),
    ]),
  ),
  ReduceL2: (call, [x]) =>
    mapConstant(
      'Sqrt',
      reduceConstant(
        'sum',
        combineConstant('Mul', x, x),
        axesOf(call),
        call.attributes.integer('keepdims', 1) === 1,
      ),
    ),
}

/** Every operator that is worked out while importing where all that it reads is known. */
export const evaluated: readonly string[] = [
  ...binaryNames,
  ...unaryNames,
  ...Object.keys(evaluators),
].filter((name) => !['Rsqrt', 'Square'].includes(name))

/**
 * Evaluates a node whose inputs are all known; undefined where that does not apply. Sizes keep the batch where the
 * arithmetic can carry it; elsewhere they are those for one image.
 */
export function evaluateNode(call: NodeCall): readonly ConstantTensor[] | undefined {
  const inputs = call.inputs.filter((entry) => entry !== undefined)
  if (inputs.length === 0 || !inputs.every(isConstant)) return undefined
  try {
    return evaluate(call)
  } catch (error) {
    if (!SaliencyError.is(error, 'UNSUPPORTED_MODEL')) throw error
    return evaluate({
      ...call,
      inputs: (call.inputs as ConstantTensor[]).map((known) => known && forOneImage(known)),
    })
  }
}

function evaluate(call: NodeCall): readonly ConstantTensor[] | undefined {
  const inputs = call.inputs.filter((entry) => entry !== undefined)
  const known = call.inputs as readonly [ConstantTensor, ConstantTensor, ConstantTensor]
  if (binaryNames.has(call.op) && inputs.length === 2) return [combineConstant(call.op, known[0], known[1])]
  if (unaryNames.has(call.op)) return [mapConstant(call.op, known[0])]
  const evaluator = evaluators[call.op]
  return evaluator && [evaluator(call, known)]
}
