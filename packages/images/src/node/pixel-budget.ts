import { MOST_PIXELS } from './header.ts'

let inMemory = 0
const waiting: (() => void)[] = []

/**
 * Runs work on a decoded picture as soon as the pictures in memory leave room for it: together they have no more pixels
 * than the largest one may have, so that eight large photographs are decoded one after another.
 */
export async function withinBudget<T>(pixels: number, work: () => Promise<T>): Promise<T> {
  while (inMemory > 0 && inMemory + pixels > MOST_PIXELS) {
    await new Promise<void>((resolve) => void waiting.push(resolve))
  }
  inMemory += pixels
  try {
    return await work()
  } finally {
    inMemory -= pixels
    for (const resolve of waiting.splice(0)) resolve()
  }
}
