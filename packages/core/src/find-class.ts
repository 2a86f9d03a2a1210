import { counted } from './message.ts'
import { SaliencyError } from './errors.ts'
import { suggestion } from './nearest.ts'

/** What is known of a model's classes. */
export interface KnownClasses {
  /** By index. */
  readonly names?: readonly string[] | undefined
  /** How many there are, where that is known. */
  readonly count?: number | undefined
}

/** Errors list so many class names at most. */
const LISTED = 12

/**
 * The classes of that name: of exactly that name, else of that name in other letters. An é of one character is the same as
 * one of two, which file systems make of it.
 */
function named(text: string, names: readonly string[]): number[] {
  const all = names.map((name, index) => ({ name: name.normalize(), index }))
  const wanted = text.normalize()
  const exact = all.filter(({ name }) => name === wanted)
  const lower = wanted.toLowerCase()
  const found = exact.length > 0 ? exact : all.filter(({ name }) => name.toLowerCase() === lower)
  return found.map(({ index }) => index)
}

function describeKnown({ names = [], count = names.length }: KnownClasses): string {
  const range = count > 0 ? `an index from 0 to ${count - 1}` : 'an index from 0'
  if (names.length === 0) return `No class names are known, so a class is ${range}.`
  const listed = names.length <= LISTED ? ` (${names.join(', ')})` : ''
  return `A class is one of ${counted(names.length, 'name')}${listed} or ${range}.`
}

/** A text without its prefix, and the numbers of the classes that it means by name and by index. */
function readingsOf(
  text: string,
  { names = [], count = names.length > 0 ? names.length : Infinity }: KnownClasses,
) {
  const [, prefix = '', rest = text] = /^(?:(name|index):)?(.*)$/s.exec(text) ?? []
  const number = /^\d+$/.test(rest) && Number(rest) < count ? Number(rest) : undefined
  return {
    rest,
    byName: prefix === 'index' ? [] : named(rest, names),
    byIndex: prefix === 'name' ? undefined : number,
  }
}

/** True if a text means a class by its name or its number, or more than one: {@link findClass} then says which. */
export function meansClass(text: string, known: KnownClasses): boolean {
  const { byName, byIndex } = readingsOf(text, known)
  return byName.length > 0 || byIndex !== undefined
}

/**
 * The index of the class that a text means: its name, its number, or, where both could be meant, `name:…` or `index:…`.
 * @param where begins the message, for instance `labels.csv, line 3, column label`
 * @param reading of a whole number: `either` refuses one that is the name of another class, `name` takes the name first
 * @throws INVALID_INPUT if no class is meant, or more than one
 */
export function findClass(
  text: string,
  known: KnownClasses,
  where: string,
  reading: 'either' | 'name' = 'either',
): number {
  const { names = [] } = known
  const { rest, byName, byIndex } = readingsOf(text, known)
  const refuse = (reason: string): never => {
    throw new SaliencyError('INVALID_INPUT', `${where}: ${reason}`)
  }
  if (byName.length > 1) {
    refuse(
      `"${rest}" is the name of the classes ${byName.join(', ')}: write one of ${byName.map((one) => `index:${one}`).join(', ')}.`,
    )
  }
  const [index] = byName
  if (index === undefined) {
    return byIndex ?? refuse(`there is no class '${rest}'.${suggestion(rest, names)} ${describeKnown(known)}`)
  }
  if (reading === 'either' && byIndex !== undefined && byIndex !== index) {
    refuse(
      `"${rest}" could be the index of the class named "${names[byIndex]}", or the name of the class with index ${index}: write index:${rest} or name:${rest}.`,
    )
  }
  return index
}
