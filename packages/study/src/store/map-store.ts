import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ActivationScales,
  type Convergence,
  encodeNpy,
  type FloatTensor,
  readNpy,
  SaliencyError,
  tensor,
} from '@saliency/core'
import type { MapResult } from '@saliency/explain'
import { writeAtomically } from '../system/files.ts'
import { shortHash } from './keys.ts'

/**
 * The maps of the original weights, written once and read back for every comparison. One file per group and condition:
 * the logits `[n, k]`, then the variants' arrays `[n, c, h, w]`, one after the other in `.npy` form, in the study's order,
 * then the scales of the activations `[n, blocks]` (`numpy.load` on the open file reads one after the other). Under random
 * starts the cosines `[n, pairs, h, w]` take the maps' place. A `.json` beside the file names blocks, variants and layers,
 * and holds the SHA-256 of the arrays' file.
 */
export interface MapStore {
  has(group: number, conditionKey: string): boolean
  /** Whether the maps are there, byte by byte as they were written. */
  isSound(group: number, conditionKey: string): boolean
  write(group: number, conditionKey: string, result: MapResult): void
  /** @throws INVALID_RUN if they are missing or damaged */
  read(group: number, conditionKey: string): MapResult
  /** Forgets maps that are computed anew: nothing may be compared with them meanwhile. */
  remove(group: number, conditionKey: string): void
  path(group: number, conditionKey: string): string
}

type Convergences = NonNullable<MapResult['convergence']>

/** What of random starts is no array; layers follow one another as the arrays do. */
type Described =
  | { readonly variant: string; readonly notApplicable: string }
  | { readonly variant: string; readonly layers: readonly { layer: string; channels: number }[] }

/** The file beside the arrays. */
interface Names {
  readonly sha256: string
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

/** The arrays' file and what stands beside it, if both are there and fit. */
function readSound(file: string): { bytes: Uint8Array; names: Names } | undefined {
  const beside = namesFile(file)
  if (!existsSync(file) || !existsSync(beside)) return undefined
  const bytes = readFileSync(file)
  try {
    const names = JSON.parse(readFileSync(beside, 'utf8')) as Names
    return names.sha256 === sha256(bytes) ? { bytes, names } : undefined
  } catch {
    return undefined
  }
}

/** The array of floats at `offset`, and where the next one begins. */
function nextArray(bytes: Uint8Array, file: string, offset: number): { array: FloatTensor; end: number } {
  const { array, end } = readNpy(bytes, file, offset)
  return { array: tensor(array.data as Float32Array, array.shape), end }
}

/** Opens the store of a run folder; `variants` are the ids in the order they are stored. */
export function openMapStore(folder: string, variants: readonly string[]): MapStore {
  const path = (group: number, key: string) =>
    join(folder, 'maps', `g${String(group).padStart(4, '0')}-${shortHash(key)}.npy`)
  return {
    path,
    has: (group, key) => existsSync(path(group, key)),
    isSound: (group, key) => readSound(path(group, key)) !== undefined,
    remove(group, key) {
      for (const file of [path(group, key), namesFile(path(group, key))]) rmSync(file, { force: true })
    },
    write(group, key, { maps, logits, activations, convergence }) {
      const own = convergence ? cosinesOf(convergence) : variants.map((id) => maps.get(id) as FloatTensor)
      const scales = activations ? [scalesOf(activations)] : []
      const bytes = Buffer.concat([logits, ...own, ...scales].map(encodeNpy))
      const names: Names = {
        sha256: sha256(bytes),
        ...(activations && { blocks: activations.blocks }),
        ...(convergence && { starts: describe(convergence) }),
      }
      const file = path(group, key)
      writeAtomically(namesFile(file), `${JSON.stringify(names)}\n`)
      writeAtomically(file, bytes)
    },
    read(group, key) {
      const file = path(group, key)
      const sound = readSound(file)
      if (!sound)
        throw new SaliencyError(
          'INVALID_RUN',
          `${file} is missing or damaged: repeat the \`saliency run\` command, which computes these maps again.`,
        )
      const { bytes, names } = sound
      let offset = 0
      const next = () => {
        const { array, end } = nextArray(bytes, file, offset)
        offset = end
        return array
      }
      const logits = next()
      if (names.starts) return { maps: new Map(), logits, convergence: restore(names.starts, next) }
      const maps = new Map(variants.map((id) => [id, next()]))
      const { blocks } = names
      return { maps, logits, ...(blocks && { activations: { blocks, scales: next().data } }) }
    },
  }
}
