import { counted, fixedDim, type Dim, type Value } from '@saliency/core'
import { invalid, unsupported } from '../../problems.ts'
import { isConstant, type NodeCall, type OperatorImporter } from '../node-call.ts'

/** A value with a letter for each axis. */
interface Term {
  readonly letters: readonly string[]
  readonly value: Value
}

/** An equation with a letter for each axis, those of `…` included: capital letters of their own, counted from the last. */
interface Equation {
  readonly terms: readonly (readonly string[])[]
  readonly result: readonly string[]
}

/** Letters of one side; `…` stands for `count` axes, of which the last is the same in every term. */
const lettersOf = (term: string, count: number): readonly string[] =>
  term
    .split(/(\.\.\.)/)
    .flatMap((part) =>
      part === '...' ? Array.from({ length: count }, (_, index) => `…${count - index}`) : [...part],
    )

/** How many axes `…` stands for in a term of a value with `rank` axes. */
function axesBetween(term: string, rank: number, { name }: NodeCall): number {
  const letters = term.replace('...', '').length
  const isSpread = term.includes('...')
  if (isSpread ? rank < letters : rank !== letters)
    throw invalid(`'${name}' names ${counted(letters, 'axis', 'axes')} of a value that has ${rank}.`)
  return rank - letters
}

function parsed(call: NodeCall, ranks: readonly number[]): Equation {
  const equation = call.attributes.text('equation', '').replaceAll(' ', '')
  const [left = '', right] = equation.split('->')
  const sides = left.split(',')
  if (sides.length !== ranks.length)
    throw invalid(`'${call.name}' has ${counted(ranks.length, 'operand')} for the equation '${equation}'.`)
  const counts = sides.map((side, index) => axesBetween(side, ranks[index] as number, call))
  const terms = sides.map((side, index) => lettersOf(side, counts[index] as number))
  const spread = Math.max(...counts)
  if (right !== undefined) {
    const result = lettersOf(right, spread)
    if (new Set(result).size < result.length)
      throw invalid(`'${call.name}' names an axis of its result twice ('${equation}').`)
    return { terms, result }
  }
  // Without an arrow: the axes of `…`, then letters that occur once, in the order of the alphabet.
  const all = terms.flat().filter((letter) => !letter.startsWith('…'))
  const once = all.filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter)).toSorted()
  return { terms, result: [...lettersOf('...', spread), ...once] }
}

const arranged = ({ ops }: NodeCall, { letters, value }: Term, order: readonly string[]): Value =>
  letters.join() === order.join()
    ? value
    : ops.transpose(
        value,
        order.map((letter) => letters.indexOf(letter)),
      )

/** A diagonal for each letter that names two axes: times the identity, which is 1 on it, and summed over one of the two. */
function withoutDiagonals(call: NodeCall, term: Term): Term {
  const { letters, value } = term
  const second = letters.findIndex((letter, axis) => letters.indexOf(letter) < axis)
  if (second < 0) return term
  const first = letters.indexOf(letters[second] as string)
  const [size, other] = [value.shape[first] as Dim, value.shape[second] as Dim]
  if (size !== other)
    throw invalid(`'${call.name}' takes the diagonal of axes with the sizes ${size} and ${other}.`)
  if (typeof size !== 'number') throw unsupported('a diagonal over the batch')
  const identity = Array.from({ length: size * size }, (_, index) => Number(index % (size + 1) === 0))
  const shape = letters.map((_, axis) => (axis === first || axis === second ? size : 1))
  const masked = call.ops.mul(value, call.ops.constant(identity, shape))
  return withoutDiagonals(call, {
    letters: letters.toSpliced(second, 1),
    value: call.ops.reduceSum(masked, { axes: [second], keepdims: false }),
  })
}

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

/** Axes of `…` that have a size of 1 where another term has more, which broadcasting repeats, taken out. */
function withoutRepeated(call: NodeCall, { letters, value }: Term, others: readonly Term[]): Term {
  const isLarger = (letter: string) =>
    others.some((other) => other.letters.some((own, axis) => own === letter && other.value.shape[axis] !== 1))
  const kept = letters.map(
    (letter, axis) => !(letter.startsWith('…') && value.shape[axis] === 1 && isLarger(letter)),
  )
  if (kept.every(Boolean)) return { letters, value }
  const isKept = (_: unknown, axis: number) => kept[axis] === true
  return { letters: letters.filter(isKept), value: call.reshaped(value, value.shape.filter(isKept)) }
}

const hasBatch = ({ value }: Term) => value.shape.some((dim) => typeof dim === 'string')

/** The product of two terms, summed over the letters that nothing behind it names. */
function contracted(call: NodeCall, first: Term, second: Term, wanted: ReadonlySet<string>): Term {
  const a = summed(call, first, new Set([...wanted, ...second.letters]))
  const b = summed(call, second, new Set([...wanted, ...first.letters]))
  const kept = [...new Set([...a.letters, ...b.letters])].filter((letter) => wanted.has(letter))
  // The batch may stand only among the rows or on axes that both have.
  return hasBatch(b) && !hasBatch(a) ? product(call, b, a, kept) : product(call, a, b, kept)
}

/** Sums of products of operands along named axes, two by two. */
export const einsum: OperatorImporter = (call) => {
  const ranks = call.inputs.map((entry, index) => (entry ?? call.value(index)).shape.length)
  const { terms, result } = parsed(call, ranks)
  const read = terms.map((letters, index): Term => {
    const entry = call.inputs[index]
    const isWeight = entry && isConstant(entry) && entry.type === 'float' && terms.length > 1
    const value = isWeight
      ? call.parameter(index, { role: 'kernel', initializer: call.initializers.kernel })
      : call.value(index)
    return withoutDiagonals(call, { letters, value })
  })
  const [first, ...others] = read.map((term) => withoutRepeated(call, term, read)) as [Term, ...Term[]]
  const found = others.reduce((term, other, index) => {
    const behind = others.slice(index + 1).flatMap(({ letters }) => letters)
    return contracted(call, term, other, new Set([...result, ...behind]))
  }, first)
  return [arranged(call, summed(call, found, new Set(result)), result)]
}
