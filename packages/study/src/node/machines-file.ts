import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { explainSystemError } from '../system/errors.ts'
import { describeMachine } from './machine.ts'

/** A machine that works on a run, and how it rounds. */
export interface RunMachine {
  readonly rounding: string
  readonly host: string
  readonly machine: string
}

const pathOf = (folder: string) => join(folder, 'machines.jsonl')

/** @throws FILE */
function linesOf(path: string): string[] {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  } catch (error) {
    throw explainSystemError(error, path)
  }
}

/** The machines that began to work in a run folder, each once; a line that was cut off is nobody. */
export function readMachines(folder: string): readonly RunMachine[] {
  return linesOf(pathOf(folder)).flatMap((line) => {
    try {
      return [JSON.parse(line) as RunMachine]
    } catch {
      return []
    }
  })
}

const nameOf = ({ host, machine }: RunMachine) => `${host} (${machine})`

/**
 * Says in a run folder that this machine works in it.
 * @param isStrict whether only machines may that round as the first one does
 * @throws INVALID_RUN if this one rounds differently, and that is not wanted; FILE if the folder cannot be written
 */
export function joinMachines(folder: string, rounding: string, isStrict: boolean): void {
  const own = { rounding, host: hostname(), machine: describeMachine().description }
  const known = readMachines(folder)
  const [first] = known
  if (isStrict && first && first.rounding !== rounding)
    throw new SaliencyError(
      'INVALID_RUN',
      `--same-bits: ${nameOf(own)} rounds differently from ${nameOf(first)}, which began this study: its numbers would differ in the last digits. Take machines of one kind, or leave the option out.`,
    )
  if (known.some((one) => JSON.stringify(one) === JSON.stringify(own))) return
  try {
    // One short line, added at the end: machines that share a disk do not cut each other's off.
    appendFileSync(pathOf(folder), `${JSON.stringify(own)}\n`)
  } catch (error) {
    throw explainSystemError(error, pathOf(folder))
  }
}
