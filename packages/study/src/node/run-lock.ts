import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { explainSystemError } from '../system/errors.ts'
import { makeFolder } from '../system/files.ts'
import { type Rhythm, rhythm, startBeating } from './heartbeat.ts'
import { held, isAlive, isGone, isSame, type Owner, ownProcess, readOwner, type Say } from './lock-owner.ts'

const lockOf = (folder: string) => join(folder, 'run.lock')

function inUse(folder: string, { pid, host }: Owner): SaliencyError {
  return new SaliencyError(
    'INVALID_RUN',
    `${folder} is in use: process ${pid} on ${host} works in it. Wait for it, or use another folder with --out. If that process is something else, delete ${lockOf(folder)}.`,
  )
}

function create(path: string, owner: Owner): boolean {
  try {
    const file = openSync(path, 'wx')
    writeSync(file, `${JSON.stringify(owner)}\n`)
    closeSync(file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw explainSystemError(error)
  }
}

/** Takes a dead owner's lock away under a name of its own, so that of several processes only one gets it. */
function clear(path: string, dead: Owner | undefined): void {
  const mine = `${path}.${hostname()}.${process.pid}`
  try {
    renameSync(path, mine)
    const taken = readOwner(mine)
    if (taken && !isSame(taken, dead) && isAlive(taken, path)) renameSync(mine, path)
  } catch {
    // Another process was faster.
  }
  rmSync(mine, { force: true })
}

/** Holds a lock that was just made. @returns gives it back, unless another process took it over */
function hold(path: string, owner: Owner, pace: Rhythm): () => void {
  held.add(path)
  const stop = startBeating(path, pace)
  return () => {
    stop()
    held.delete(path)
    if (isSame(owner, readOwner(path))) rmSync(path, { force: true })
  }
}

/**
 * Claims a run folder for this process; a lock whose process is gone (killed, or the machine was restarted) counts for
 * nothing, and one whose command was killed is waited for. A process of another machine or container cannot be asked, so
 * it is watched: whoever works touches its lock. Should one that was only frozen go on later, both write the same bytes.
 * @returns gives the folder back
 * @throws INVALID_RUN if another process works in it; FILE if it cannot be written
 */
export async function lockRunFolder(folder: string, say: Say, pace: Rhythm = rhythm): Promise<() => void> {
  const path = lockOf(folder)
  const me = ownProcess()
  makeFolder(folder)
  for (let attempt = 0; attempt < 3; attempt++) {
    if (create(path, me)) return hold(path, me, pace)
    const owner = readOwner(path)
    if (owner && !(await isGone(owner, path, say, pace))) throw inUse(folder, owner)
    clear(path, owner)
  }
  throw new SaliencyError('INVALID_RUN', `${folder} is in use: other processes are starting in it.`)
}

/**
 * Refuses to work beside a process that claimed the folder for itself. Shards claim nothing: they write different files,
 * and one that runs twice writes the same bytes.
 * @throws INVALID_RUN if such a process is alive
 */
export async function assertUnclaimed(folder: string, say: Say, pace: Rhythm = rhythm): Promise<void> {
  const owner = readOwner(lockOf(folder))
  if (owner && !(await isGone(owner, lockOf(folder), say, pace))) throw inUse(folder, owner)
}
