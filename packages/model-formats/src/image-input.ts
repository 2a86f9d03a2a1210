import type { SourceInput } from './imported-model.ts'
import { invalid, openSize } from './problems.ts'

/** What a file says of its image, and what is known besides. */
export interface DeclaredImage {
  readonly name: string
  /** The sizes in the source's order; undefined where the file leaves one open. */
  readonly sizes: readonly (number | undefined)[]
  /** The axis that the first layers read as channels; undefined where none says. */
  readonly channelAxis: number | undefined
  /** Where the format's images have their channels. */
  readonly convention: SourceInput['layout']
}

/** What fills the sizes that a file leaves open. */
export interface GivenImage {
  readonly imageSize?: readonly [height: number, width: number]
  readonly imageChannels?: number
  readonly assumes?: boolean
}

/** What most classifiers take, where that may be assumed. */
const USUAL = { size: 224, channels: 3 } as const

/** True for sizes that can only be a channel count beside an image's height and width. */
const isCount = (size: number | undefined) => size === 1 || size === 3 || size === 4

/** The layout that structure shows; else the format's own, unless only the other one has a channel count. */
function layoutOf({ sizes, channelAxis, convention }: DeclaredImage): SourceInput['layout'] {
  if (channelAxis === 1 || channelAxis === 3) return channelAxis === 1 ? 'channels-first' : 'channels-last'
  const [first, last] = [isCount(sizes[1]), isCount(sizes[3])]
  if (first === last) return convention
  return first ? 'channels-first' : 'channels-last'
}

/** No classifier reads images of more numbers. */
const LARGEST = 2 ** 28

/**
 * How a source wants its image: its layout, told by structure, and its sizes.
 * @throws INVALID_MODEL where it is no image, or a size is open and not given.
 */
export function imageInput(declared: DeclaredImage, given: GivenImage): SourceInput {
  const { name, sizes } = declared
  if (sizes.length !== 4) {
    throw invalid(
      `The input '${name}' has ${sizes.length} axes; an image has four, [batch, channels, height, width] or [batch, height, width, channels].`,
    )
  }
  const layout = layoutOf(declared)
  const [first, second, third] = sizes.slice(1)
  const [c, h, w] = layout === 'channels-first' ? [first, second, third] : [third, first, second]
  const usual = given.assumes ? USUAL : undefined
  const [channels, height, width] = [
    c ?? given.imageChannels ?? usual?.channels,
    h ?? given.imageSize?.[0] ?? usual?.size,
    w ?? given.imageSize?.[1] ?? usual?.size,
  ]
  if (channels === undefined) {
    throw invalid(
      `The input '${name}' does not say how many channels an image has. Say so as input.channels of a preprocess.json ("RGB", "grey", or a number); a program may also set 'imageChannels'.`,
    )
  }
  if (height === undefined || width === undefined) throw openSize(name)
  const isSize = [channels, height, width].every((size) => Number.isSafeInteger(size) && size > 0)
  if (!isSize || channels * height * width > LARGEST) {
    throw invalid(
      `The input '${name}' declares images of ${height}×${width}×${channels}, which no classifier reads.`,
    )
  }
  const isOpen = h === undefined || w === undefined
  return { name, channels, height, width, layout, ...(isOpen && { takesAnySize: true }) }
}

/** An input as messages name it: `image [n, 3, ?, ?]`. */
export interface NamedInput {
  readonly name: string
  readonly sizes: readonly (number | undefined)[]
}

/**
 * The one input of a classifier.
 * @throws INVALID_MODEL where there is none, or there are several, with what can be done.
 */
export function onlyInput<T extends NamedInput>(model: string, inputs: readonly T[]): T {
  const [first] = inputs
  if (!first) throw invalid(`${model} has no input; an image classifier has one, the image.`)
  if (inputs.length === 1) return first
  const shapes = inputs.map(({ name, sizes }) => `${name} [${sizes.map((size) => size ?? '?').join(', ')}]`)
  const images = inputs.filter(({ sizes }) => sizes.length === 4).length
  const way =
    images > 1
      ? 'Export a model of the image to explain alone, in which the others are fixed: a wrapper that takes one image and fills the rest with constants'
      : 'Export it with the others fixed: a wrapper that takes the image alone and fills the rest with constants'
  throw invalid(
    `${model} has ${inputs.length} inputs (${shapes.join('; ')}); an image classifier has one, the image. ${way}, or joins them as channels of one image.`,
  )
}
