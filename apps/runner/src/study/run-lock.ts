import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { SaliencyError } from '@saliency/core'
import { explainSystemError } from '../errors.ts'
import { makeFolder } from '../files.ts'

interface Owner {
  readonly pid: number
  readonly host: string
  /** The process that started it and stops it when asked to. */
  readonly supervisor?: number
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

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** True unless the process is known to be gone; that of another machine cannot be asked. */
function isAlive({ pid, host }: Owner, path: string): boolean {
  if (host !== hostname()) return true
  return pid === process.pid ? held.has(path) : exists(pid)
}

/** A process whose command was killed ends by itself, once the engine gives it back its thread. */
function isOrphan({ host, supervisor }: Owner): boolean {
  return host === hostname() && supervisor !== undefined && !exists(supervisor)
}

/** Milliseconds between two looks at an orphan, and how long the engine may hold it. */
const [LOOK, PATIENCE] = [100, 300_000]

/** Waits for what a killed command left behind; what lives on after that is something else. */
async function outlive(owner: Owner, path: string, say: (text: string) => void): Promise<boolean> {
  if (!isOrphan(owner)) return false
  say(`Waiting for process ${owner.pid}, which a killed command left behind and which is about to end …`)
  for (let waited = 0; waited < PATIENCE; waited += LOOK) {
    await wait(LOOK)
    if (!isAlive(owner, path)) return true
  }
  return false
}

function create(path: string): boolean {
  try {
    const file = openSync(path, 'wx')
    const supervisor = process.send ? { supervisor: process.ppid } : {}
    writeSync(file, `${JSON.stringify({ pid: process.pid, host: hostname(), ...supervisor })}\n`)
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
 * nothing, and one whose command was killed is waited for. Locks that expire by time would not do: an engine may block
 * its process for minutes.
 * @param say is told what is waited for
 * @returns gives the folder back
 * @throws INVALID_RUN if another process works in it; FILE if it cannot be written
 */
export async function lockRunFolder(folder: string, say: (text: string) => void): Promise<() => void> {
  const path = join(folder, 'run.lock')
  makeFolder(folder)
  for (let attempt = 0; attempt < 3; attempt++) {
    if (create(path)) {
      held.add(path)
      return () => {
        held.delete(path)
        rmSync(path, { force: true })
      }
    }
    const owner = readOwner(path)
    if (owner && isAlive(owner, path) && !(await outlive(owner, path, say))) {
      throw new SaliencyError(
        'INVALID_RUN',
        `${folder} is in use: process ${owner.pid} on ${owner.host} works in it. Wait for it, or use another folder with --out. If that process is something else, delete ${path}.`,
      )
    }
    clear(path)
  }
  throw new SaliencyError('INVALID_RUN', `${folder} is in use: other processes are starting in it.`)
}
