import { oneChannel, SaliencyError } from '@saliency/core'
import { type MemoryCost, memoryCostOf, type VariantSet } from '@saliency/explain'
import { GROUP_SIZE } from './plan.ts'
import type { Machine } from './study-inputs.ts'

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
export interface MemoryFit {
  /** Images in a batch. */
  readonly batchSize: number
  /** Variants in one session. */
  readonly perSession: number
  /** True if sessions do not fit beside one another: each is opened when it is needed, and closed. */
  readonly isLean: boolean
  /** Bytes for maps of the original weights that scoring keeps, with what checks prepare from them. */
  readonly keptBytes: number
  /** Expected peak of the whole process, in bytes. */
  readonly bytes: number
}

/**
 * Measured with ONNX Runtime on ResNet-50, VGG-16 and MobileNet-V2 at 224², 24 and 60 variants, within a tenth: an open
 * session holds 2.2 times its constants (its own, and those rearranged for its kernels), 2.7 times while it opens, and
 * nearly twice the activations, because what it takes from the system doubles each time.
 */
const HELD = 2.2
const OPENING = 2.7
const ACTIVE = 1.9

/** Node.js, libraries, and the maps of three groups. */
const AROUND = 500 * 2 ** 20

/** Of the memory that is available, what a study takes unless told. */
const SHARE = 0.85

/** Of that, what scoring may keep, and at most so much. */
const KEPT_SHARE = 1 / 16
const KEPT_MOST = 2 ** 30

/** What a session costs at most, opening and running. */
function sessionBytes({ constants, activations }: MemoryCost, batchSize: number): number {
  return Math.max(OPENING * constants, HELD * constants + ACTIVE * batchSize * activations)
}

function partsOf(set: VariantSet, perSession: number): MemoryCost[] {
  const { model, traced } = set
  const starts = Array.from({ length: Math.max(1, Math.ceil(traced.length / perSession)) }, (_, i) => i)
  return starts.map((i) =>
    memoryCostOf(
      model,
      traced.slice(i * perSession, (i + 1) * perSession).map(({ map }) => oneChannel(map)),
    ),
  )
}

/** What a study with these sizes takes at most, beside what is in memory already. */
function peakOf(set: VariantSet, parts: readonly MemoryCost[], batchSize: number, isLean: boolean): number {
  const forward = memoryCostOf(set.model, [])
  const bytes = parts.map((part) => sessionBytes(part, batchSize))
  const sessions = isLean
    ? Math.max(...bytes)
    : bytes.reduce((sum, one) => sum + one, 0) + HELD * forward.constants
  // Weights drawn anew, beside the original ones, which are there already.
  return forward.constants + sessions
}

/** What limits a study's sizes, or settles them already. */
export interface GivenSizes {
  /** Images of the study: a larger batch would only be padded. */
  readonly images: number
  readonly batchSize?: number | undefined
  readonly perSession?: number | undefined
}

function sizesOf(count: number, wanted?: number): number[] {
  if (wanted !== undefined) return [wanted]
  const sizes: number[] = []
  for (let size = count; size > 1; size = Math.ceil(size / 2)) sizes.push(size)
  return [...sizes, 1]
}

/**
 * The largest batch with all variants in one session if that fits, else fewer variants in sessions that are opened one
 * after the other. Several sessions beside one another would each hold the weights and the forward pass again.
 */
export function fitMemory(
  set: VariantSet,
  given: GivenSizes,
  { available, inUse }: Pick<Machine, 'available' | 'inUse'>,
  budget: number = SHARE * available,
): MemoryFit {
  const keptBytes = Math.min(KEPT_MOST, budget * KEPT_SHARE)
  // What is in use, not what the process holds: what was freed since the model was read is there for sessions.
  const around = inUse + AROUND + keptBytes
  let smallest: MemoryFit | undefined
  for (const perSession of sizesOf(Math.max(1, set.traced.length), given.perSession)) {
    const parts = partsOf(set, perSession)
    for (const isLean of parts.length === 1 ? [false, true] : [true]) {
      for (const batchSize of sizesOf(Math.min(GROUP_SIZE, given.images), given.batchSize)) {
        const bytes = around + peakOf(set, parts, batchSize, isLean)
        const plan = { batchSize, perSession, isLean, keptBytes, bytes }
        if (bytes <= budget) return plan
        if (smallest === undefined || bytes < smallest.bytes) smallest = plan
      }
    }
  }
  return smallest as MemoryFit
}
