/** More threads than this gain nothing on networks of pictures. */
const MOST = 8

/** Threads share memory, which a page may only where its host isolates it by headers. */
export const threads: number = globalThis.crossOriginIsolated
  ? Math.min(MOST, navigator.hardwareConcurrency)
  : 1
