import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { isSilent, type Rhythm } from './heartbeat.ts'

/** Is told what is waited for. */
export type Say = (text: string) => void

/** The process that a lock names. */
export interface Owner {
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

/** Whom a lock names; nobody where there is none, or it was cut off. */
export function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner
  } catch {
    // Gone, or cut off when its process was killed: nobody's.
    return undefined
  }
}

/** Locks of this process: one with its id that is not among them was left by another one, before a restart. */
export const held: Set<string> = new Set()

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
export function isAlive(owner: Owner, path: string): boolean {
  if (!isNear(owner)) return true
  return owner.pid === process.pid ? held.has(path) : exists(owner.pid)
}

/** Whether the owner's supervisor was killed. Such a process exits at the next chance; the engine may block it for minutes until then. */
function isOrphan(owner: Owner): boolean {
  return isNear(owner) && owner.supervisor !== undefined && !exists(owner.supervisor)
}

/** Whether two owners are one process. */
export function isSame(a: Owner, b: Owner | undefined): boolean {
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
export async function isGone(owner: Owner, path: string, say: Say, pace: Rhythm): Promise<boolean> {
  if (isNear(owner)) return !isAlive(owner, path) || outlive(owner, path, say)
  const seconds = Math.ceil(pace.silence / 1000)
  say(
    `Process ${owner.pid} on ${owner.host} has the folder. Waiting up to ${seconds} s for a sign that it still works …`,
  )
  return isSilent(path, pace)
}

/** This process as an owner. */
export function ownProcess(): Owner {
  const supervisor = process.send ? { supervisor: process.ppid } : {}
  return { pid: process.pid, host: hostname(), ...processSpace(), started: Date.now(), ...supervisor }
}
