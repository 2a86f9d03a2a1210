import { fixedDim, type Dim, type Value } from '@saliency/core'
import { invalid, unsupported } from '../../problems.ts'
import { isKnown, type NodeCall, type OperatorImporter } from '../node-call.ts'

/** A value with a letter for each axis. */
interface Term {
  readonly letters: readonly string[]
  readonly value: Value
}

function parsed(call: NodeCall): { terms: readonly string[][]; result: readonly string[] } {
  const equation = call.attributes.text('equation', '').replaceAll(' ', '')
  if (equation.includes('.')) throw unsupported(`'…' in the equation '${equation}'`)
  const [left = '', right] = equation.split('->')
  const terms = left.split(',').map((term) => [...term])
  const all = terms.flat()
  // Without an arrow, letters that occur once, in the order of the alphabet.
  const result =
    right === undefined
      ? all.filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter)).toSorted()
      : [...right]
  if (terms.some((term) => new Set(term).size < term.length)) throw unsupported(`a diagonal ('${equation}')`)
  if (terms.length > 2)
    throw unsupported(`${terms.length} operands ('${equation}'; one and two are supported)`)
  return { terms, result }
}

const arranged = ({ ops }: NodeCall, { letters, value }: Term, order: readonly string[]): Value =>
  letters.join() === order.join()
    ? value
    : ops.transpose(
        value,
        order.map((letter) => letters.indexOf(letter)),
      )

/** The term summed over the letters that no one else has. */
function summed({ ops }: NodeCall, { letters, value }: Term, kept: ReadonlySet<string>): Term {
  const axes = letters.flatMap((letter, axis) => (kept.has(letter) ? [] : [axis]))
  if (axes.length === 0) return { letters, value }
  return {
    letters: letters.filter((letter) => kept.has(letter)),
    value: ops.reduceSum(value, { axes, keepdims: false }),
  }
}

/** A matrix product: rows are letters of `a` alone, columns of `b` alone, sums run over those that the result lacks. */
function product(call: NodeCall, a: Term, b: Term, result: readonly string[]): Term {
  const both = a.letters.filter((letter) => b.letters.includes(letter))
  const [shared, inner] = [both.filter((l) => result.includes(l)), both.filter((l) => !result.includes(l))]
  const [rows, columns] = [a, b].map(({ letters }) => letters.filter((letter) => !both.includes(letter))) as [
    string[],
    string[],
  ]
  const sizes = new Map([
    ...a.letters.map((l, axis) => [l, a.value.shape[axis] as Dim] as const),
    ...b.letters.map((l, axis) => [l, b.value.shape[axis] as Dim] as const),
  ])
  const dims = (letters: readonly string[]) => letters.map((letter) => sizes.get(letter) as Dim)
  const merged = (letters: readonly string[]) =>
    dims(letters).reduce<number>((size, dim) => size * fixedDim(dim, 'A summed axis'), 1)
  // Rows but the last lie in front, where the product repeats `b`: the batch is never merged with other axes.
  const front = rows.slice(0, -1)
  const row = rows.slice(-1)
  const shaped = (x: Value, shape: readonly Dim[]) =>
    x.shape.join() === shape.join() ? x : call.reshaped(x, shape)
  const left = shaped(arranged(call, a, [...front, ...shared, ...row, ...inner]), [
    ...dims(front),
    ...dims(shared),
    dims(row)[0] ?? 1,
    merged(inner),
  ])
  const right = shaped(arranged(call, b, [...shared, ...inner, ...columns]), [
    ...dims(shared),
    merged(inner),
    merged(columns),
  ])
  const letters = [...front, ...shared, ...row, ...columns]
  return { letters, value: shaped(call.ops.matMul(left, right), dims(letters)) }
}

/** Sums of products of one or two operands along named axes. */
export const einsum: OperatorImporter = (call) => {
  const { terms, result } = parsed(call)
  const read = terms.map((letters, index): Term => {
    const entry = call.inputs[index]
    const isWeight = entry && isKnown(entry) && entry.type === 'float' && terms.length > 1
    const value = isWeight
      ? call.parameter(index, { role: 'kernel', initializer: call.initializers.kernel })
      : call.value(index)
    if (value.shape.length !== letters.length)
      throw invalid(`'${call.name}' names ${letters.length} axes of a value that has ${value.shape.length}.`)
    return { letters, value }
  })
  const [first, second] = read.map((term, index) =>
    summed(call, term, new Set([...result, ...terms.filter((_, at) => at !== index).flat()])),
  ) as [Term, Term?]
  if (!second) return [arranged(call, first, result)]
  // The batch may stand only among the rows or on axes that both have.
  const hasBatch = ({ value }: Term) => value.shape.some((dim) => typeof dim === 'string')
  const isSwapped = hasBatch(second) && !hasBatch(first)
  const found = isSwapped ? product(call, second, first, result) : product(call, first, second, result)
  return [arranged(call, found, result)]
}
