import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, normalize, resolve } from 'node:path'
import { lfsPointer, SaliencyError, spellings } from '@saliency/core'
import { modelFileAmong } from '../find-model.ts'
import { importModel } from '../import-model.ts'
import type { ImportedModel } from '../imported-model.ts'
import type { ImportSettings } from '../import-settings.ts'
import type { ModelFiles } from '../model-files.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EISDIR: 'it is a folder',
  EACCES: 'reading it is not allowed',
  ENOTFILE: 'it is a pipe or a device, not a file',
}

function fileError(path: string, cause: unknown): SaliencyError {
  const code = (cause as NodeJS.ErrnoException).code ?? ''
  return new SaliencyError('FILE', `${path} cannot be read: ${reasons[code] ?? (cause as Error).message}.`, {
    cause,
  })
}

/** A path as the disk spells it. */
const asSpelled = (path: string) => spellings(path).find((one) => existsSync(one)) ?? path

/** A pipe would be waited for, and a device read, without end. */
async function assertFile(path: string): Promise<void> {
  const found = await stat(path)
  if (!found.isFile() && !found.isDirectory()) throw Object.assign(new Error('no file'), { code: 'ENOTFILE' })
}

/**
 * The files of a folder on disk; paths that lead out of it are refused. Links are followed, as the caches of model hubs
 * are made of them, but to files alone.
 * @throws INVALID_MODEL from `read` for a path outside the folder, or a Git LFS pointer in the place of a file; FILE from `read`
 * when a file cannot be read.
 */
export function modelFolder(folder: string): ModelFiles {
  return {
    async read(path) {
      const inside = normalize(path)
      if (isAbsolute(inside) || inside.split(/[\\/]/).includes('..')) {
        throw new SaliencyError(
          'INVALID_MODEL',
          `The model points to '${path}', outside its folder. This is refused.`,
        )
      }
      const full = asSpelled(join(folder, inside))
      try {
        await assertFile(full)
        const { buffer, byteOffset, byteLength } = await readFile(full)
        const bytes = new Uint8Array(buffer, byteOffset, byteLength)
        const pointer = lfsPointer(bytes)
        if (pointer !== undefined) throw new SaliencyError('INVALID_MODEL', `${inside} ${pointer}`)
        return bytes
      } catch (cause) {
        throw SaliencyError.is(cause) ? cause : fileError(full, cause)
      }
    },
  }
}

/** `model.json` says nothing, its folder's name does. */
function nameOf(path: string): string {
  const name = basename(path).replace(/\.[^.]+$/, '')
  return name === 'model' ? basename(dirname(path)) : name
}

/** A model's file, and the folder its other files are read from. */
export interface ModelLocation {
  readonly folder: string
  readonly file: string
}

/**
 * Finds the model that a path means: a file, or a folder with one model in it.
 * @throws FILE when there is none, or more than one.
 */
export async function locateModel(path: string): Promise<ModelLocation> {
  const full = asSpelled(resolve(path))
  const status = await stat(full).catch((cause: unknown) => {
    throw fileError(path, cause)
  })
  return status.isDirectory()
    ? { folder: full, file: modelFileAmong(await readdir(full), full) }
    : { folder: dirname(full), file: basename(full) }
}

/**
 * Loads a model from a file, or from a folder with one model in it, with the `preprocess.json` beside it. The format is
 * told by the content.
 * @throws FILE, INVALID_MODEL, UNSUPPORTED_MODEL or INVALID_CONFIG with what is wrong and where.
 */
export async function loadModel(path: string, settings: ImportSettings = {}): Promise<ImportedModel> {
  const { folder, file } = await locateModel(path)
  return importModel(file, modelFolder(folder), { name: nameOf(join(folder, file)), ...settings })
}
