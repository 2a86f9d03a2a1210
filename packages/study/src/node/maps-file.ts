import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  type ActivationScales,
  type Convergence,
  encodeNpy,
  type FloatTensor,
  readNpy,
  SaliencyError,
  tensor,
} from '@saliency/core'
import type { StoredMaps } from '../store/run-store.ts'
import { writeAtomically } from '../system/files.ts'
import type { FileFormat } from './file-format.ts'

type Convergences = NonNullable<StoredMaps['convergence']>

/** What of random starts is no array; layers follow one another as the arrays do. */
type Described =
  | { readonly variant: string; readonly notApplicable: string }
  | { readonly variant: string; readonly layers: readonly { layer: string; channels: number }[] }

/** The file beside the arrays. */
interface Names {
  readonly sha256: string
  readonly variants?: readonly string[]
  readonly blocks?: readonly string[]
  readonly starts?: readonly Described[]
}

function cosinesOf(convergence: Convergences): FloatTensor[] {
  return [...convergence.values()].flatMap((one) =>
    'layers' in one ? one.layers.map(({ cosines, shape }) => tensor(cosines, shape)) : [],
  )
}

function describe(convergence: Convergences): Described[] {
  return [...convergence].map(([variant, one]) =>
    'layers' in one
      ? { variant, layers: one.layers.map(({ layer, channels }) => ({ layer, channels })) }
      : { variant, ...one },
  )
}

function restore(described: readonly Described[], next: () => FloatTensor): Convergences {
  return new Map(
    described.map((one): [string, Convergence] => {
      if (!('layers' in one)) return [one.variant, { notApplicable: one.notApplicable }]
      const layers = one.layers.map((place) => {
        const { data, shape } = next()
        return { ...place, cosines: data, shape: shape as unknown as [number, number, number, number] }
      })
      return [one.variant, { layers }]
    }),
  )
}

function scalesOf({ blocks, scales }: ActivationScales): FloatTensor {
  return tensor(scales, [scales.length / blocks.length, blocks.length])
}

/** SHA-256 as hexadecimal digits. */
function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function namesFile(file: string): string {
  return file.replace(/\.npy$/, '.json')
}

function namesOf({ maps, activations, convergence }: StoredMaps, bytes: Uint8Array): Names {
  return {
    sha256: sha256(bytes),
    ...(convergence ? { starts: describe(convergence) } : { variants: [...maps.keys()] }),
    ...(activations && { blocks: activations.blocks }),
  }
}

/** The arrays' bytes and what stands beside them. @throws INVALID_RUN if they do not fit */
function readSound(file: string): { bytes: Uint8Array; names: Names } {
  const bytes = readFileSync(file)
  try {
    const names = JSON.parse(readFileSync(namesFile(file), 'utf8')) as Names
    if (names.sha256 === sha256(bytes) && (names.starts ?? names.variants)) return { bytes, names }
  } catch {
    // As below: what stands beside the arrays is missing or cut off.
  }
  throw new SaliencyError(
    'INVALID_RUN',
    `${file} is damaged: repeat the \`saliency run\` command, which computes these maps again.`,
  )
}

/** Reads the arrays of a file one after the other. */
function arraysOf(bytes: Uint8Array, file: string): () => FloatTensor {
  let offset = 0
  return () => {
    const { array, end } = readNpy(bytes, file, offset)
    offset = end
    return tensor(array.data as Float32Array, array.shape)
  }
}

/**
 * Maps as two files. The arrays: the logits `[n, k]`, then the variants' maps `[n, c, h, w]`, one after the other in `.npy`
 * form, then the scales of the activations `[n, blocks]` (`numpy.load` on the open file reads one after the other). Under
 * random starts the cosines `[n, pairs, h, w]` take the maps' place. Beside them a `.json` that names variants, blocks and
 * layers, and holds the SHA-256 of the arrays' file.
 */
export const mapsFormat: FileFormat<StoredMaps> = {
  folder: 'maps',
  ending: '.npy',
  beside: '.json',
  write(file: string, content: StoredMaps): void {
    const { maps, logits, activations, convergence } = content
    const own = convergence ? cosinesOf(convergence) : [...maps.values()]
    const scales = activations ? [scalesOf(activations)] : []
    const bytes = Buffer.concat([logits, ...own, ...scales].map(encodeNpy))
    writeAtomically(namesFile(file), `${JSON.stringify(namesOf(content, bytes))}\n`)
    writeAtomically(file, bytes)
  },
  read(file: string): StoredMaps {
    const { bytes, names } = readSound(file)
    const next = arraysOf(bytes, file)
    const logits = next()
    if (names.starts) return { maps: new Map(), logits, convergence: restore(names.starts, next) }
    const maps = new Map((names.variants ?? []).map((id) => [id, next()]))
    const { blocks } = names
    return { maps, logits, ...(blocks && { activations: { blocks, scales: next().data } }) }
  },
}
