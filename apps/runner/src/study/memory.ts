import { freemem } from 'node:os'
import { SaliencyError } from '@saliency/core'
import { costOf } from '../compute/cost.ts'
import type { VariantSet } from '../compute/variant-set.ts'
import { GROUP_SIZE } from './plan.ts'

const units: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }

/**
 * Reads `4GiB`, `800M` or a number of bytes.
 * @throws INVALID_OPTION for anything else.
 */
export function parseMemory(given: string | number): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMG]?)(?:i?B)?$/i.exec(String(given).trim()) ?? []
  const bytes = Number(digits) * (units[unit.toUpperCase()] ?? Number.NaN)
  if (bytes > 0) return bytes
  throw new SaliencyError(
    'INVALID_OPTION',
    `memory '${given}': write for instance 4GiB, 800MiB or a number of bytes.`,
  )
}

/** How a study fits into memory. */
export interface MemoryPlan {
  /** Images in a batch. */
  readonly batchSize: number
  /** Variants in one session. */
  readonly perSession: number
  /** Expected peak of activations, in bytes. */
  readonly bytes: number
}

/**
 * The largest batch, with all variants in one session if that fits, else with as many as fit. The estimate counts every
 * intermediate value as alive at once, which engines stay below by reusing memory.
 */
export function fitMemory(set: VariantSet, budget: number = freemem() / 2): MemoryPlan {
  const bytesOf = (from: number, to: number) =>
    costOf(
      set.model,
      set.traced.slice(from, to).map((one) => one.map),
    ).bytes
  const all = Math.max(1, set.traced.length)
  for (let perSession = all; ; perSession = Math.ceil(perSession / 2)) {
    const parts = Array.from({ length: Math.ceil(all / perSession) }, (_, i) =>
      bytesOf(i * perSession, (i + 1) * perSession),
    )
    const bytes = Math.max(...parts)
    for (let batchSize = GROUP_SIZE; batchSize >= 1; batchSize /= 2) {
      // A tiny batch wastes the cores; several sessions, each with its own forward pass, are cheaper than that.
      if (batchSize < GROUP_SIZE / 2 && perSession > 1) break
      if (bytes * batchSize <= budget || (perSession === 1 && batchSize === 1))
        return { batchSize, perSession, bytes: bytes * batchSize }
    }
  }
}
