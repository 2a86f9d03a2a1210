import type { Plan } from '../engine.ts'
import { ancestors } from '../graph/reach.ts'
import { sameShape } from '../graph/shape.ts'
import { isNode, madeBy, type Node, type Value } from '../graph/value.ts'
import type { Pass } from './pass.ts'
import { replaceIn } from './replace.ts'

/** One part of a sum, and whether the sum adds or subtracts it. */
interface Summand {
  readonly value: Value
  readonly sign: 1 | -1
}

/** The operands of a sum or a difference that a rule or a method built. */
const operandsOf = ({ node }: Value): readonly Value[] =>
  node.layer === undefined && (isNode(node, 'Add') || isNode(node, 'Sub')) ? node.inputs : []

/** The weights `[1 or n, 1, c]` and the signal `[n, c, p]` of a product, whatever its shape became. */
function productOf(value: Value): readonly Value[] | undefined {
  const { node } = madeBy(value, 'Reshape')?.inputs[0] ?? value
  if (!isNode(node, 'MatMul') || node.layer !== undefined) return undefined
  return node.inputs.every(({ shape }) => shape.length === 3) && node.inputs[0]?.shape[1] === 1
    ? node.inputs
    : undefined
}

/** The summands by the signal that they weight; what is no product, or is spread over the sum, stands alone. */
function bySignal(
  sum: Value,
  summands: readonly Summand[],
): ReadonlyMap<Value | Summand, readonly Summand[]> {
  const groups = new Map<Value | Summand, Summand[]>()
  for (const summand of summands) {
    const { value } = summand
    const signal = (sameShape(value.shape, sum.shape) && productOf(value)?.[1]) || summand
    groups.set(signal, [...(groups.get(signal) ?? []), summand])
  }
  return groups
}

function total(summands: readonly Summand[]): Value {
  const [first, ...others] = summands.toSorted((a, b) => b.sign - a.sign) as [Summand, ...Summand[]]
  const { ops } = first.value.graph
  const start = first.sign === 1 ? first.value : ops.neg(first.value)
  return others.reduce((sum, { value, sign }) => (sign === 1 ? ops.add : ops.sub)(sum, value), start)
}

/** The sum anew: each signal is read once, and what is one number for all places is added up before it is spread. */
function merged(sum: Value, summands: readonly Summand[]): Value {
  const { ops } = sum.graph
  const parts = [...bySignal(sum, summands).values()].flatMap((group): readonly Summand[] => {
    if (group.length === 1) return group
    const products = group.map(({ value, sign }) => ({ product: productOf(value) ?? [], sign }))
    const weights = products.map(({ product: [value], sign }) => ({ value: value as Value, sign }))
    const signal = products[0]?.product[1] as Value
    return [{ value: ops.reshape(ops.matMul(total(weights), signal), sum.shape), sign: 1 }]
  })
  const isMap = ({ value }: Summand) => sameShape(value.shape, sum.shape)
  const numbers = parts.filter((part) => !isMap(part))
  return total([
    ...parts.filter(isMap),
    ...(numbers.length ? [{ value: total(numbers), sign: 1 } as const] : []),
  ])
}

/** Every sum in which some signal is weighted more than once, with all that it adds, sums inside it resolved. */
function sumsOf(nodes: readonly Node[], plan: Plan): ReadonlyMap<Value, readonly Summand[]> {
  const readers = new Map<Value, Value[]>()
  const read = (value: Value, by: Value) => readers.set(value, [...(readers.get(value) ?? []), by])
  for (const { inputs, outputs } of nodes) for (const value of inputs) read(value, outputs[0] as Value)
  for (const value of Object.values(plan.outputs)) read(value, value)
  const isInner = (value: Value) => {
    const [reader, ...others] = readers.get(value) ?? []
    return (
      reader &&
      reader !== value &&
      others.length === 0 &&
      operandsOf(reader).length > 0 &&
      sameShape(reader.shape, value.shape)
    )
  }
  const summandsOf = (sum: Value): readonly Summand[] => {
    const [found, pending]: [Summand[], Summand[]] = [[], [{ value: sum, sign: 1 }]]
    for (let next = pending.pop(); next; next = pending.pop()) {
      const [a, b] = next.value === sum || isInner(next.value) ? operandsOf(next.value) : []
      if (!a || !b) found.push(next)
      else {
        const sign = isNode(next.value.node, 'Sub') ? (-next.sign as 1 | -1) : next.sign
        pending.push({ value: b, sign }, { value: a, sign: next.sign })
      }
    }
    return found
  }
  const sums = nodes
    .map(({ outputs }) => outputs[0] as Value)
    .filter((value) => operandsOf(value).length > 0 && !isInner(value))
  const resolved = sums.map((sum) => [sum, summandsOf(sum)] as const)
  return new Map(resolved.filter(([sum, summands]) => bySignal(sum, summands).size < summands.length))
}

/** Merges products, and repeats what reads the sums. */
function mergeProducts(plan: Plan): Plan {
  const nodes = ancestors(Object.values(plan.outputs))
  const sums = sumsOf(nodes, plan)
  return replaceIn(plan, nodes, (sum, now) => {
    const summands = sums.get(sum)
    return (
      summands &&
      merged(
        sum,
        summands.map(({ value, sign }) => ({ value: now(value), sign })),
      )
    )
  })
}

/** Weighs each signal of a sum once. */
export const mergedProducts: Pass<typeof mergeProducts> = {
  name: 'merged-products',
  when: 'engine',
  does: 'A sum w₁·x + w₂·x + … over products with one signal x becomes (w₁ + w₂ + …)·x, so that x is read once.',
  needs: 'Rules or methods built the sum and the products, whose weights are one row `[1, c]`.',
  rewrite: mergeProducts,
}
