import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { explainSystemError } from '../errors.ts'

interface Owner {
  readonly pid: number
  readonly host: string
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner
  } catch {
    // Gone, or cut off when its process was killed: nobody's.
    return undefined
  }
}

/** Locks of this process: one with its id that is not among them was left by another one, before a restart. */
const held = new Set<string>()

/** True unless the process is known to be gone; that of another machine cannot be asked. */
function isAlive({ pid, host }: Owner, path: string): boolean {
  if (host !== hostname()) return true
  if (pid === process.pid) return held.has(path)
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function create(path: string): boolean {
  try {
    const file = openSync(path, 'wx')
    writeSync(file, `${JSON.stringify({ pid: process.pid, host: hostname() })}\n`)
    closeSync(file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw explainSystemError(error)
  }
}

/** Takes a dead owner's lock away under a name of its own, so that of several processes only one gets it. */
function clear(path: string): void {
  const mine = `${path}.${process.pid}`
  try {
    renameSync(path, mine)
    const taken = readOwner(mine)
    if (taken && isAlive(taken, path)) renameSync(mine, path)
  } catch {
    // Another process was faster.
  }
  rmSync(mine, { force: true })
}

/**
 * Claims a run folder for this process; a lock whose process is gone (killed, or the machine was restarted) counts for
 * nothing. Locks that expire by time would not do: an engine may block its process for minutes.
 * @returns gives the folder back
 * @throws INVALID_RUN if another process works in it; FILE if it cannot be written
 */
export function lockRunFolder(folder: string): () => void {
  const path = join(folder, 'run.lock')
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw explainSystemError(error)
  }
  for (let attempt = 0; attempt < 3; attempt++) {
    if (create(path)) {
      held.add(path)
      return () => {
        held.delete(path)
        rmSync(path, { force: true })
      }
    }
    const owner = readOwner(path)
    if (owner && isAlive(owner, path)) {
      throw new SaliencyError(
        'INVALID_RUN',
        `${folder} is in use: process ${owner.pid} on ${owner.host} works in it. Wait for it, or use another folder with --out. If that process is something else, delete ${path}.`,
      )
    }
    clear(path)
  }
  throw new SaliencyError('INVALID_RUN', `${folder} is in use: other processes are starting in it.`)
}
