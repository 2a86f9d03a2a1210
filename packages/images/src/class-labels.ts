import { counted, findClass, SaliencyError, type KnownClasses } from '@saliency/core'

/** How the names that a folder or a table uses become labels. */
export interface ClassLabels {
  /** Class names by index, where they are known. */
  readonly classes?: readonly string[]
  /** The label of a name; undefined where names cannot be tied to the model's classes. */
  labelOf(name: string, where: string): number | undefined
  /** Why no image has a label, although names are there. */
  readonly problem?: string
  /** What was assumed. */
  readonly notices: readonly string[]
}

const isNumber = (name: string) => /^(index:)?\d+$/.test(name)

/** What folders are called that hold parts of a data set, or files of one kind. */
const PARTS: ReadonlySet<string> = new Set(
  'train training test testing val valid validation dev eval images image imgs masks mask labels annotations'.split(
    ' ',
  ),
)

const quoted = (names: readonly string[]) =>
  `${names
    .slice(0, 6)
    .map((name) => `"${name}"`)
    .join(', ')}${names.length > 6 ? ', …' : ''}`

const WAY_OUT =
  'Write the class names in their order as "classes" into preprocess.json, or name the classes by their numbers, 0, 1, …'

/**
 * Ties names to the classes of a model: by the model's own class names, by numbers, or, where there are exactly as many
 * names as classes, in the order of the alphabet, as torchvision's ImageFolder and Keras number them.
 * @param what the names belong to, for messages: `the folders of photos`
 * @throws INVALID_INPUT for a mixture of names and numbers where no class names are known
 */
export function tieLabels(
  names: readonly string[],
  known: KnownClasses,
  what: string,
  reading: 'either' | 'name' = 'either',
): ClassLabels {
  if (known.names !== undefined) {
    const labelOf = (name: string, where: string) => findClass(name, known, where, reading)
    return { classes: known.names, labelOf, notices: [] }
  }
  const numbers = names.filter(isNumber)
  if (numbers.length === names.length) {
    return { labelOf: (name, where) => findClass(name, known, where), notices: [] }
  }
  if (numbers.length > 0) {
    const [number, name] = [numbers[0], names.find((one) => !isNumber(one))]
    throw new SaliencyError(
      'INVALID_INPUT',
      `${what} mix numbers ("${number}") and names ("${name}"), and the model has no class names. ${WAY_OUT}`,
    )
  }
  const classes = names.toSorted()
  if (classes.length > 0 && classes.every((name) => PARTS.has(name.toLowerCase()))) {
    const problem = `${what} (${quoted(classes)}) are parts of a data set, not classes. Open one of them; if they are classes, write their names as "classes" into preprocess.json`
    return { labelOf: () => undefined, problem, notices: [] }
  }
  const { count = classes.length } = known
  if (count !== classes.length) {
    const problem = `${what} have ${counted(classes.length, 'name')} (${quoted(classes)}), but the model has ${counted(count, 'class', 'classes')} without names: which is which is not known. ${WAY_OUT}`
    return { labelOf: () => undefined, problem, notices: [] }
  }
  const order = classes.map((name, index) => `${index} = ${name}`).slice(0, 12)
  const notice = `CLASS NAMES ARE NOT KNOWN: ${what} are numbered in the order of the alphabet (${order.join(', ')}${classes.length > 12 ? ', …' : ''}), as torchvision and Keras do. If the model was trained with another order, labels are wrong. ${WAY_OUT}`
  return {
    classes,
    labelOf: (name) => classes.indexOf(name),
    notices: known.count === undefined ? [] : [notice],
  }
}
