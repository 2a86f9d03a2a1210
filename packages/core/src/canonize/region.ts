import type { OpName, ReduceAttributes } from '../graph/operators.ts'
import { dependsOnInput } from '../graph/reach.ts'
import { sameShape } from '../graph/shape.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'
import { functions } from './functions.ts'

/** The operators between a value of the model and another that is computed from it alone. */
export interface Region {
  readonly root: Value
  /** What the region reads: the only value through which the image comes in. */
  readonly base: Value
  /** In order of execution, the root's last. */
  readonly nodes: readonly Node[]
  /** What else is read and is not one number: parameters, and vectors of constants. */
  readonly parameters: readonly Value[]
}

/** No spelling of a function or norm takes more operators. */
const MOST_NODES = 32
const MOST_PARAMETERS = 2

const isElementwise = (node: Node): boolean => node.op in functions

/** Operators that a norm is made of besides those that work element by element. */
const reducing = new Set<OpName>(['ReduceMean', 'ReduceSum', 'GlobalAveragePool', 'Expand', 'Reshape'])

/** Operators that a softmax is made of besides those of a norm. */
const normalising = new Set<OpName>(['ReduceMax', 'Softmax', 'LogSoftmax'])

/** What a region is made of: functions of single numbers, also statistics as in norms, or also what a softmax takes. */
export type RegionKind = 'elementwise' | 'reducing' | 'normalising'

function isMember({ op }: Node, kind: RegionKind): boolean {
  if (op in functions) return true
  return (kind !== 'elementwise' && reducing.has(op)) || (kind === 'normalising' && normalising.has(op))
}

/** The number that a value holds everywhere, for every image and weight state; undefined if there is none. */
export function numberOf({ node }: Value): number | undefined {
  if (isNode(node, 'Fill')) return node.attributes.value
  if (isNode(node, 'Constant')) {
    const [first] = node.attributes.data
    return node.attributes.data.every((item) => item === first) ? first : undefined
  }
  if (!isElementwise(node)) return undefined
  const numbers = node.inputs.map(numberOf)
  if (numbers.includes(undefined)) return undefined
  return computed(node, numbers as number[])
}

/** What an element-wise node makes of one number of each operand. */
function computed(node: Node, numbers: readonly number[]): number {
  const compute = functions[node.op as keyof typeof functions] as (
    attributes: unknown,
    ...numbers: number[]
  ) => number
  return compute(node.attributes, ...numbers)
}

/**
 * The regions that end in `root`, the smallest first: whenever all that is computed so far comes from one value, that value
 * is the base of a region. Only what has the root's shape can be a base of it.
 */
export function* regionsOf(root: Value, kind: RegionKind = 'elementwise'): Iterable<Region> {
  const open = new Set<Value>([root])
  const nodes: Node[] = []
  const parameters = new Set<Value>()
  for (;;) {
    // The latest one first: what reads it has been seen then.
    const next = [...open].reduce((latest, value) => (value.node.id > latest.node.id ? value : latest))
    if (
      nodes.length > 0 &&
      open.size === 1 &&
      next.dtype === 'float32' &&
      sameShape(next.shape, root.shape)
    ) {
      yield { root, base: next, nodes: nodes.toReversed(), parameters: [...parameters] }
    }
    if (!isMember(next.node, kind) || nodes.length === MOST_NODES) return
    open.delete(next)
    nodes.push(next.node)
    for (const input of next.node.inputs) {
      if (dependsOnInput(input)) open.add(input)
      else if (numberOf(input) === undefined) parameters.add(input)
    }
    if (open.size === 0 || parameters.size > MOST_PARAMETERS) return
  }
}

/** The axes over which every reduction of a region runs, if all run over the same. */
export function reducedAxes({ nodes, base }: Region): readonly number[] | undefined {
  const lists = nodes.flatMap((node) => {
    if (node.op === 'GlobalAveragePool') return [[2, 3]]
    if (isNode(node, 'Softmax') || isNode(node, 'LogSoftmax')) return [[node.attributes.axis]]
    const isReduction = node.op === 'ReduceMean' || node.op === 'ReduceSum' || node.op === 'ReduceMax'
    return isReduction ? [(node.attributes as ReduceAttributes).axes] : []
  })
  const [first] = lists
  const isOne = first && lists.every((axes) => axes.join() === first.join())
  return isOne && first.every((axis) => typeof base.shape[axis] === 'number') ? first : undefined
}

/** Numbers along the reduced axes; a single one where they are reduced. */
export type Sample = readonly number[]

/**
 * What a region makes of a sample of its base and one number for each parameter. A reduction sees the sample as if the
 * axes held it over and over. Undefined where an operator has no place in such a sample.
 */
export function evaluate(
  region: Region,
  base: Sample,
  parameters: readonly number[] = [],
): Sample | undefined {
  const axes = reducedAxes(region) ?? []
  const size = axes.reduce((product, axis) => product * Number(region.base.shape[axis]), 1)
  const known = new Map<Value, Sample>([[region.base, base]])
  region.parameters.forEach((value, at) => known.set(value, [parameters[at] ?? 1]))
  const sampleOf = (value: Value): Sample => known.get(value) ?? [numberOf(value) ?? Number.NaN]
  for (const node of region.nodes) {
    const inputs = node.inputs.map(sampleOf)
    const result = isElementwise(node) ? mapped(node, inputs) : reduced(node, inputs[0] as Sample, size)
    if (!result) return undefined
    known.set(node.outputs[0] as Value, result)
  }
  return known.get(region.root)
}

function mapped(node: Node, inputs: readonly Sample[]): Sample {
  const length = Math.max(...inputs.map((sample) => sample.length))
  return Array.from({ length }, (_, at) =>
    computed(
      node,
      inputs.map((sample) => sample[sample.length === 1 ? 0 : at] as number),
    ),
  )
}

function reduced({ op }: Node, sample: Sample, size: number): Sample | undefined {
  const mean = sample.reduce((sum, item) => sum + item, 0) / sample.length
  if (op === 'ReduceSum') return [mean * size]
  if (op === 'ReduceMean' || op === 'GlobalAveragePool') return [mean]
  if (op === 'ReduceMax') return [Math.max(...sample)]
  if (op === 'Softmax') return softmax(sample, size)
  if (op === 'LogSoftmax') return softmax(sample, size).map(Math.log)
  // A statistic is brought back to the shape of what it was taken of.
  return op === 'Expand' || sample.length === 1 ? sample : undefined
}

/** The softmax of a list of `size` numbers that holds the sample over and over. */
export function softmax(sample: Sample, size: number): Sample {
  const powers = sample.map(Math.exp)
  const sum = (powers.reduce((total, power) => total + power, 0) * size) / sample.length
  return powers.map((power) => power / sum)
}
