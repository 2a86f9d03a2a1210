import { existsSync, readFileSync } from 'node:fs'
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
import { readJson, writeAtomically } from '../files.ts'
import { shortHash } from './keys.ts'

/**
 * The maps of the original weights, written once and read back for every comparison. One file per group and condition:
 * the logits `[n, k]`, then the variants' arrays `[n, c, h, w]`, one after the other in `.npy` form, in the study's order,
 * then the scales of the activations `[n, blocks]` (`numpy.load` on the open file reads one after the other). Under random
 * starts the cosines `[n, pairs, h, w]` take the maps' place. A `.json` beside the file names blocks, variants and layers.
 */
export interface MapStore {
  has(group: number, conditionKey: string): boolean
  write(group: number, conditionKey: string, result: MapResult): void
  read(group: number, conditionKey: string): MapResult
  path(group: number, conditionKey: string): string
}

type Convergences = NonNullable<MapResult['convergence']>

/** What of random starts is no array; layers follow one another as the arrays do. */
type Described =
  | { readonly variant: string; readonly notApplicable: string }
  | { readonly variant: string; readonly layers: readonly { layer: string; channels: number }[] }

/** The file beside the arrays. */
interface Names {
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

/** Runs of earlier versions have no such file. */
function readNames(file: string): Names {
  return existsSync(file) ? (readJson(file, 'INVALID_RUN') as Names) : {}
}

/** The next array of a file of maps. @throws FILE if the bytes are cut off or something else. */
function nextArray(bytes: Uint8Array, file: string, offset: number): { array: FloatTensor; end: number } {
  try {
    const { array, end } = readNpy(bytes, file, offset)
    return { array: tensor(array.data as Float32Array, array.shape), end }
  } catch (cause) {
    const message = `${file} is cut off or no array of floats: delete it and repeat the command.`
    throw new SaliencyError('FILE', message, { cause })
  }
}

/** Opens the store of a run folder; `variants` are the ids in the order they are stored. */
export function openMapStore(folder: string, variants: readonly string[]): MapStore {
  const path = (group: number, key: string) =>
    join(folder, 'maps', `g${String(group).padStart(4, '0')}-${shortHash(key)}.npy`)
  const besides = (file: string) => file.replace(/\.npy$/, '.json')
  return {
    path,
    has: (group, key) => existsSync(path(group, key)),
    write(group, key, { maps, logits, activations, convergence }) {
      const own = convergence ? cosinesOf(convergence) : variants.map((id) => maps.get(id) as FloatTensor)
      const scales = activations ? [scalesOf(activations)] : []
      const names: Names = {
        ...(activations && { blocks: activations.blocks }),
        ...(convergence && { starts: describe(convergence) }),
      }
      const file = path(group, key)
      writeAtomically(besides(file), `${JSON.stringify(names)}\n`)
      writeAtomically(file, Buffer.concat([logits, ...own, ...scales].map(encodeNpy)))
    },
    read(group, key) {
      const file = path(group, key)
      const bytes = readFileSync(file)
      const names = readNames(besides(file))
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
