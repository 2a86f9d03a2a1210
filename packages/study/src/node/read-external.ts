import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Handling, SaliencyError } from '@saliency/core'
import * as v from 'valibot'
import type { ExternalVariant } from '../external/external-variant.ts'
import { type ExternalManifest, MANIFEST } from '../external/manifest.ts'
import { readJson } from '../system/files.ts'
import { lookAtMaps, readExternalMap } from './external-files.ts'

/** Where maps lie that another program made, and what is said of them. */
export interface ExternalSource {
  /** Names the variant: `external/NAME`. */
  readonly name: string
  readonly folder: string
  readonly handling: Handling
  /** The id of the variant that differs in nothing but the handling. */
  readonly counterpart?: string
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0))

const manifestSchema = v.looseObject({
  format: v.literal(1),
  study: v.looseObject({ model: v.looseObject({ sha256: v.string() }), seed: v.number() }),
  shape: v.tuple([count, count, count]),
  images: v.array(v.string()),
  states: v.array(
    v.looseObject({
      id: v.string(),
      key: v.string(),
      maps: v.array(
        v.looseObject({ image: count, file: v.pipe(v.string(), v.regex(/^s\d+\/[\w-]+\.npy$/)) }),
      ),
    }),
  ),
})

function readManifest(name: string, folder: string): ExternalManifest {
  const places = [folder, dirname(folder)].map((place) => join(place, MANIFEST))
  const path = places.find((file) => existsSync(file))
  if (path === undefined)
    throw new SaliencyError(
      'INVALID_INPUT',
      `${name}: neither ${folder} nor the folder above it holds a ${MANIFEST}: make the maps in a folder inside of what \`saliency plan --for-external\` wrote.`,
    )
  const manifest = readJson(path, 'INVALID_INPUT')
  if (v.is(manifestSchema, manifest)) return manifest as unknown as ExternalManifest
  throw new SaliencyError(
    'INVALID_INPUT',
    `${name}: ${path} is damaged or of another version: repeat \`saliency plan --for-external\`.`,
  )
}

/**
 * Opens maps that another program made, and looks at each of them.
 * @throws INVALID_INPUT if there is no manifest, or no map that can be of its images
 */
export function openExternal({ name, folder, handling, counterpart }: ExternalSource): ExternalVariant {
  const id = `external/${name}`
  const manifest = readManifest(id, folder)
  const files = manifest.states.flatMap(({ maps }) => maps.map(({ file }) => file))
  const { shape, unsound, notices, sha256 } = lookAtMaps(id, folder, files, manifest.shape)
  return {
    record: {
      id,
      handling,
      ...(counterpart !== undefined && { counterpart }),
      start: 'one-hot',
      control: false,
      method: 'external',
      title: 'Maps made elsewhere',
      description: `The maps '${name}', which another program made.`,
      references: [],
      options: {},
      resolution: shape[1] === manifest.shape[1] && shape[2] === manifest.shape[2] ? 'input' : 'layer',
      package: '(another program)',
      version: sha256.slice(0, 12),
    },
    manifest,
    shape,
    notices,
    read: async (file) =>
      unsound.has(file) || !existsSync(join(folder, file)) ? undefined : readExternalMap(folder, file),
  }
}
