import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import type { RunContent, RunKind, RunStore, StoredMaps } from '../store/run-store.ts'
import type { Failure } from '../store/planned-unit.ts'
import { makeFolder, readJson, writeAtomically } from '../system/files.ts'
import type { FileFormat } from './file-format.ts'
import { logitsFormat } from './logits-file.ts'
import { mapsFormat } from './maps-file.ts'
import { pictureFormat } from './picture-file.ts'
import { studyFormat } from './study-file.ts'
import { unitFormat } from './unit-file.ts'

const failureFormat: FileFormat<Failure> = {
  folder: 'units',
  ending: '.failed.json',
  write: (path, failure) => writeAtomically(path, `${JSON.stringify(failure)}\n`),
  read: (path) => readJson(path, 'INVALID_RUN') as Failure,
}

/** A byte for each. */
const triesFormat: FileFormat<number> = {
  folder: 'units',
  ending: '.tries',
  write: (path, tries) => writeAtomically(path, '.'.repeat(tries)),
  read: (path) => readFileSync(path).length,
}

const formats: { readonly [K in RunKind]: FileFormat<RunContent[K]> } = {
  study: studyFormat,
  unit: unitFormat,
  failure: failureFormat,
  tries: triesFormat,
  maps: mapsFormat,
  logits: logitsFormat,
  picture: pictureFormat,
}

/** Tells a folder from another one that has its name; nothing where there is none. */
function inodeOf(folder: string): string | undefined {
  const found = statSync(folder, { throwIfNoEntry: false })
  return found && `${found.ino} ${found.birthtimeMs}`
}

/** Makes a folder once; what would be written after it was removed would belong to nothing. */
function keepFolder(folder: string): () => void {
  let known = inodeOf(folder)
  return () => {
    if (known === undefined) {
      makeFolder(folder)
      known = inodeOf(folder)
    }
    if (inodeOf(folder) === known) return
    throw new SaliencyError(
      'FILE',
      `${folder} was removed or renamed while the study ran, so it stopped: put the folder back and repeat the command, or repeat it to begin anew.`,
    )
  }
}

/**
 * Keeps a run in a folder, as files that other programs read: `study.json`, rows in Parquet, maps as NumPy arrays, pictures
 * in PNG. Rows and maps carry checksums. The folder is made when the first thing is put.
 * @param scratch where maps lie instead: a disk of this machine's own
 */
export function folderStore(folder: string, scratch?: string): RunStore {
  const assertFolder = keepFolder(folder)
  const placeOf = (kind: RunKind) => (kind === 'maps' ? (scratch ?? folder) : folder)
  const pathOf = (kind: RunKind, id: string) =>
    join(placeOf(kind), formats[kind].folder, `${id}${formats[kind].ending}`)
  return {
    name: folder,
    folder,
    ...(scratch !== undefined && { scratch }),
    has: async (kind, id) => existsSync(pathOf(kind, id)),
    async get(kind, id) {
      const path = pathOf(kind, id)
      return existsSync(path) ? formats[kind].read(path) : undefined
    },
    async put(kind, id, content) {
      assertFolder()
      await formats[kind].write(pathOf(kind, id), content)
      if (kind === 'maps' && scratch !== undefined)
        await logitsFormat.write(pathOf('logits', id), (content as StoredMaps).logits)
    },
    async list(kind) {
      const { ending } = formats[kind]
      const files = join(placeOf(kind), formats[kind].folder)
      const names = existsSync(files) ? readdirSync(files) : []
      return names
        .filter((name) => name.endsWith(ending))
        .map((name) => name.slice(0, -ending.length))
        .sort()
    },
    async remove(kind, id) {
      const { folder: inside, ending, beside = ending } = formats[kind]
      for (const one of [ending, beside]) rmSync(join(placeOf(kind), inside, `${id}${one}`), { force: true })
    },
  }
}
