/** More threads than this gain nothing on networks of pictures. */
const MOST = 8

/** Threads share memory, which a page may only where its host isolates it by headers. */
export const threads: number = globalThis.crossOriginIsolated
  ? Math.min(MOST, navigator.hardwareConcurrency)
  : 1

let started: number | undefined

/**
 * WebAssembly starts once in a worker, with so many threads. A small network takes one: its operators are done before
 * threads have met, and the page itself draws on another core meanwhile.
 * @returns whether it has started with as many, or does so now
 */
export function startThreads(isSmall: boolean): boolean {
  const wanted = isSmall ? 1 : threads
  started ??= wanted
  return started === wanted
}

/** Threads of this worker's WebAssembly. */
export const threadCount = (): number => started ?? threads
