import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Convergence, type FloatTensor, tensor } from '@saliency/core'
import type { MapResult } from '../compute/map-session.ts'
import { writeAtomically } from '../files.ts'
import { decodeNpy, encodeNpy } from '../npy.ts'
import { shortHash } from './keys.ts'

/**
 * The maps of the original weights, written once and read back for every comparison. One file per group and condition:
 * the logits `[n, k]`, then the variants' arrays `[n, c, h, w]`, one after the other in `.npy` form, in the study's order,
 * then the scales of the activations `[n, blocks]` (`numpy.load` on the open file reads one after the other). Under random
 * starts the cosines `[n, pairs, h, w]` take the maps' place; a `.json` beside the file names each array's variant and layer.
 */
export interface MapStore {
  has(group: number, conditionKey: string): boolean
  write(group: number, conditionKey: string, result: MapResult): void
  read(group: number, conditionKey: string): MapResult
  path(group: number, conditionKey: string): string
}

type Convergences = NonNullable<MapResult['convergence']>

/** What of random starts is no array; `layers` follow one another as the arrays do. */
type Described =
  | { readonly variant: string; readonly notApplicable: string }
  | { readonly variant: string; readonly layers: readonly { layer: string; channels: number }[] }

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

/** Opens the store of a run folder; `variants` are the ids in the order they are stored. */
export function openMapStore(folder: string, variants: readonly string[]): MapStore {
  const path = (group: number, key: string) =>
    join(folder, 'maps', `g${String(group).padStart(4, '0')}-${shortHash(key)}.npy`)
  const besides = (file: string) => file.replace(/\.npy$/, '.json')
  return {
    path,
    has: (group, key) => existsSync(path(group, key)),
    write(group, key, { maps, logits, activations, convergence }) {
      const file = path(group, key)
      const own = convergence ? cosinesOf(convergence) : variants.map((id) => maps.get(id) as FloatTensor)
      if (convergence) writeAtomically(besides(file), `${JSON.stringify(describe(convergence))}\n`)
      const arrays = [logits, ...own, ...(activations ? [activations] : [])]
      writeAtomically(file, Buffer.concat(arrays.map(encodeNpy)))
    },
    read(group, key) {
      const file = path(group, key)
      const bytes = readFileSync(file)
      let offset = 0
      const next = () => {
        const { array, end } = decodeNpy(bytes, file, offset)
        offset = end
        return array
      }
      const logits = next()
      if (existsSync(besides(file))) {
        const described = JSON.parse(readFileSync(besides(file), 'utf8')) as Described[]
        return { maps: new Map(), logits, convergence: restore(described, next) }
      }
      const maps = new Map(variants.map((id) => [id, next()]))
      return { maps, logits, ...(offset < bytes.length && { activations: next() }) }
    },
  }
}
