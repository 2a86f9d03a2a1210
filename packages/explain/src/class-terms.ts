import { findClass, type KnownClasses, meansClass, SaliencyError } from '@saliency/core'

/** One class of a sum of classes: added, or taken away. */
export interface ClassTerm {
  readonly sign: 1 | -1
  readonly of: number | 'predicted' | 'label'
}

/** A term that is not looked up yet. */
interface TextTerm {
  readonly sign: 1 | -1
  readonly text: string
}

const isKeyword = (text: string) => text === 'predicted' || text === 'label'

/** Every way in which a text is a sum of classes. */
function sumsIn(text: string, known: KnownClasses, sign: 1 | -1 = 1): TextTerm[][] {
  const isTerm = (part: string) => isKeyword(part) || meansClass(part, known)
  const whole = text.trim()
  const sums: TextTerm[][] = isTerm(whole) ? [[{ sign, text: whole }]] : []
  for (const { index, 0: operator } of text.matchAll(/[+-]/g)) {
    const first = text.slice(0, index).trim()
    if (!isTerm(first)) continue
    const rest = sumsIn(text.slice(index + 1), known, operator === '+' ? 1 : -1)
    sums.push(...rest.map((terms) => [{ sign, text: first }, ...terms]))
  }
  return sums
}

/** Of a text that is no sum of classes, what to say is no class: the one part that is none, or all of it. */
function wrongPart(text: string, known: KnownClasses): string {
  const parts = text.split(/[+-]/).map((part) => part.trim())
  const wrong = parts.filter((part) => !isKeyword(part) && !meansClass(part, known))
  return wrong.length < parts.length ? (wrong.find((part) => part !== '') ?? text) : text
}

/**
 * A text as a sum of classes: `3`, `cat`, `cat-dog`, `cat+dog`, `predicted-281`. Names may hold a plus or a minus: a text
 * that is the name of a class means that class, and otherwise the fewest, so the longest, names count.
 * @param where begins the message of an error
 * @throws INVALID_INPUT where a term is no class, the text can be read as different sums, or it names a class twice
 */
export function classTerms(
  text: string,
  known: KnownClasses,
  where: string,
  reading: 'either' | 'name',
): readonly ClassTerm[] {
  const refuse = (reason: string): never => {
    throw new SaliencyError('INVALID_INPUT', `${where}: ${reason}`)
  }
  const classOf = (term: string): ClassTerm['of'] =>
    isKeyword(term) ? (term as 'label') : findClass(term, known, where, reading)
  const sums = sumsIn(text, known)
  const fewest = Math.min(...sums.map(({ length }) => length))
  const [shortest, another] = sums.filter(({ length }) => length === fewest)
  if (another)
    refuse(`'${text}' is more than one sum of classes: write index:… for each, as in index:0-index:1.`)
  if (shortest === undefined) return [{ sign: 1, of: classOf(wrongPart(text, known)) }]
  const terms = shortest.map(({ sign, text: name }) => ({ sign, of: classOf(name) }))
  if (new Set(terms.map(({ of }) => of)).size < terms.length)
    refuse(`'${text}' names a class twice: name each once.`)
  return terms
}
