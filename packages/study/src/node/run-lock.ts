import { closeSync, openSync, readFileSync, readlinkSync, renameSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { SaliencyError } from '@saliency/core'
import { explainSystemError } from '../system/errors.ts'
import { makeFolder } from '../system/files.ts'
import { isSilent, type Rhythm, rhythm, startBeating } from './heartbeat.ts'

/** Is told what is waited for. */
type Say = (text: string) => void

interface Owner {
  readonly pid: number
  readonly host: string
  /** Processes of other spaces (containers) have numbers of their own. */
  readonly space?: string
  /** Tells processes that had the same number apart. */
  readonly started?: number
  /** The process that started it and stops it when asked to. */
  readonly supervisor?: number
}

/** Which processes this one can ask for by number; nothing where the system has no such spaces. */
function processSpace(): { space?: string } {
  try {
    return { space: readlinkSync('/proc/self/ns/pid') }
  } catch {
    return {}
  }
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

/** Whether this process can ask for that one by number: the same machine, and the same container. */
function isNear({ host, space }: Owner): boolean {
  return host === hostname() && (space === undefined || space === processSpace().space)
}

/** True unless the process is known to be gone. */
function isAlive(owner: Owner, path: string): boolean {
  if (!isNear(owner)) return true
  return owner.pid === process.pid ? held.has(path) : exists(owner.pid)
}

/** Whether the owner's supervisor was killed. Such a process exits at the next chance; the engine may block it for minutes until then. */
function isOrphan(owner: Owner): boolean {
  return isNear(owner) && owner.supervisor !== undefined && !exists(owner.supervisor)
}

function isSame(a: Owner, b: Owner | undefined): boolean {
  return a.pid === b?.pid && a.host === b.host && a.started === b.started
}

/** Milliseconds between two looks at an orphan, and how long the engine may hold it. */
const [LOOK, PATIENCE] = [100, 300_000]

/** Waits for what a killed command left behind; what lives on after that is something else. */
async function outlive(owner: Owner, path: string, say: Say): Promise<boolean> {
  if (!isOrphan(owner)) return false
  say(`Waiting for process ${owner.pid}, which a killed command left behind and which is about to end …`)
  for (let waited = 0; waited < PATIENCE; waited += LOOK) {
    await wait(LOOK)
    if (!isAlive(owner, path)) return true
  }
  return false
}

/** Whether a process works no more, as far as can be known: one that is far away by its silence. */
async function isGone(owner: Owner, path: string, say: Say, pace: Rhythm): Promise<boolean> {
  if (isNear(owner)) return !isAlive(owner, path) || outlive(owner, path, say)
  const seconds = Math.ceil(pace.silence / 1000)
  say(
    `Process ${owner.pid} on ${owner.host} has the folder. Waiting up to ${seconds} s for a sign that it still works …`,
  )
  return isSilent(path, pace)
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
  const path = join(folder, 'run.lock')
  const supervisor = process.send ? { supervisor: process.ppid } : {}
  const me: Owner = {
    pid: process.pid,
    host: hostname(),
    ...processSpace(),
    started: Date.now(),
    ...supervisor,
  }
  makeFolder(folder)
  for (let attempt = 0; attempt < 3; attempt++) {
    if (create(path, me)) return hold(path, me, pace)
    const owner = readOwner(path)
    if (owner && !(await isGone(owner, path, say, pace))) {
      throw new SaliencyError(
        'INVALID_RUN',
        `${folder} is in use: process ${owner.pid} on ${owner.host} works in it. Wait for it, or use another folder with --out. If that process is something else, delete ${path}.`,
      )
    }
    clear(path, owner)
  }
  throw new SaliencyError('INVALID_RUN', `${folder} is in use: other processes are starting in it.`)
}
