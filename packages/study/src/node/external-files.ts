import { createHash, type Hash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { counted, type FloatTensor, messageOf, parseNpy, SaliencyError, tensor } from '@saliency/core'

type Shape = readonly number[]

/** A map that was asked for, as it was found. */
interface Seen {
  readonly file: string
  readonly shape?: Shape
  /** What is wrong with it, if something is. */
  readonly problem?: 'missing' | 'unreadable' | 'not finite' | 'of another shape'
  readonly detail?: string
}

/** What a folder of maps holds. */
export interface ExternalFiles {
  /** `[c, h, w]` of every sound map. */
  readonly shape: Shape
  /** Files without a sound map. */
  readonly unsound: ReadonlySet<string>
  /** Sentences, one for each kind of problem. */
  readonly notices: readonly string[]
  /** Of all maps. */
  readonly sha256: string
}

/** Files that a sentence names. */
const NAMED = 3

/** A map as `[c, h, w]`. @throws INVALID_INPUT if the file is no array, or none of one image */
export function readExternalMap(folder: string, file: string): FloatTensor {
  return mapIn(readFileSync(join(folder, file)), file)
}

function mapIn(bytes: Uint8Array, file: string): FloatTensor {
  const { data, shape } = parseNpy(bytes, file)
  const own = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape
  const planes = own.length === 2 ? [1, ...own] : own
  if (planes.length === 3) return tensor(Float32Array.from(data), planes)
  throw new SaliencyError('INVALID_INPUT', `${file}: [${shape.join(', ')}] is no map of one image`)
}

/** Reads a map once, for what is said of it and for the hash over all of them. */
function look(folder: string, file: string, hash: Hash): Seen {
  hash.update(file)
  if (!existsSync(join(folder, file))) return { file, problem: 'missing' }
  try {
    const bytes = readFileSync(join(folder, file))
    hash.update(bytes)
    const { data, shape } = mapIn(bytes, file)
    return { file, shape: shape as Shape, ...(!data.every(Number.isFinite) && { problem: 'not finite' }) }
  } catch (error) {
    return { file, problem: 'unreadable', detail: messageOf(error).replace(`${file}: `, '') }
  }
}

/** The shape that most maps have. */
function commonShape(seen: readonly Seen[]): Shape | undefined {
  const counts = new Map<string, { shape: Shape; count: number }>()
  for (const { shape } of seen) {
    if (!shape) continue
    const known = counts.get(shape.join()) ?? { shape, count: 0 }
    counts.set(shape.join(), { shape, count: known.count + 1 })
  }
  return [...counts.values()].toSorted((a, b) => b.count - a.count)[0]?.shape
}

/** Why maps `[c, h, w]` cannot be of images `[c, h, w]`; nothing where they can. */
function whyNoMap([depth = 0, height = 0, width = 0]: Shape, [channels = 0, rows = 0, columns = 0]: Shape) {
  const isWhole = height === rows && width === columns
  if (depth !== 1 && !(depth === channels && isWhole)) {
    const isLast = depth === rows && height === columns && (width === 1 || width === channels)
    return isLast
      ? 'their channels come last: transpose them'
      : 'they take one channel, or all of the image at its size'
  }
  if (height > rows || width > columns) return 'they are larger than the images'
  const isCut = Math.abs(height - (width * rows) / columns) > 1
  return height < 1 || width < 1 || isCut
    ? "their sides are not the image's, nor in its proportions"
    : undefined
}

function noticesOf(name: string, seen: readonly Seen[]): string[] {
  const kinds = ['missing', 'unreadable', 'of another shape', 'not finite'] as const
  return kinds.flatMap((kind) => {
    const own = seen.filter(({ problem }) => problem === kind)
    if (own.length === 0) return []
    const names = own.slice(0, NAMED).map(({ file, detail, shape }) => {
      const text = detail ?? (kind === 'of another shape' ? `[${shape?.join(', ')}]` : undefined)
      return text === undefined ? file : `${file} (${text})`
    })
    const list = names.join(', ') + (own.length > NAMED ? ', …' : '')
    return [
      `${name}: ${own.length} of ${counted(seen.length, 'map')} ${own.length > 1 ? 'are' : 'is'} ${kind}: ${list}. What needs them is undefined.`,
    ]
  })
}

/**
 * Looks at every map that was asked for.
 * @param name what messages call the maps
 * @param image `[c, h, w]` of the images
 * @throws INVALID_INPUT if there is none, or they are of another size than the images
 */
export function lookAtMaps(
  name: string,
  folder: string,
  files: readonly string[],
  image: Shape,
): ExternalFiles {
  const hash = createHash('sha256')
  const found = [...new Set(files)].map((file) => look(folder, file, hash))
  const shape = commonShape(found)
  if (!shape) {
    const { problem, detail, file } = found[0] as Seen
    throw new SaliencyError(
      'INVALID_INPUT',
      `${name}: ${folder} holds none of the ${counted(found.length, 'map')} that were asked for: ${file} ${detail ?? `is ${problem}`}.`,
    )
  }
  const why = whyNoMap(shape, image)
  if (why !== undefined)
    throw new SaliencyError(
      'INVALID_INPUT',
      `${name}: maps of [${shape.join(', ')}] cannot be of images [${image.join(', ')}]: ${why}.`,
    )
  const seen = found.map((one): Seen => {
    const isOther = one.shape && one.shape.join() !== shape.join()
    return isOther ? { ...one, problem: 'of another shape' } : one
  })
  return {
    shape,
    unsound: new Set(seen.flatMap(({ file, problem }) => (problem ? [file] : []))),
    notices: noticesOf(name, seen),
    sha256: hash.digest('hex'),
  }
}
