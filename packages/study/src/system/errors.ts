import { SaliencyError } from '@saliency/core'

const systemProblems: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space, then repeat the command; finished results are kept.',
  EROFS: 'the file system is read-only: choose another folder.',
  EACCES: 'permission denied: choose another folder, or change its permissions.',
  EPERM: 'operation not permitted: choose another folder, or change its permissions.',
  ENOENT: 'no such file or folder: check the path.',
  ENOTDIR: 'a part of the path is a file, not a folder.',
  EISDIR: 'this is a folder, not a file.',
  EEXIST: 'it exists already.',
}

/**
 * An operating system's error as one the user can act on; other errors come back as they are.
 * @param file what was being written or read, where the error does not say it
 */
export function explainSystemError(error: unknown, file?: string): unknown {
  const { code, path = file } = (error ?? {}) as { code?: unknown; path?: unknown }
  const problem = typeof code === 'string' ? systemProblems[code] : undefined
  if (problem === undefined || SaliencyError.is(error)) return error
  return new SaliencyError('FILE', `${typeof path === 'string' ? `${path}: ` : ''}${problem}`, {
    cause: error,
  })
}
