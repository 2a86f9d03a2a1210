import { join } from 'node:path'
import envPaths from 'env-paths'

/** The folder for fetched files in the user's cache, for instance `~/.cache/saliency` on Linux. */
export function cacheFolder(): string {
  return process.env['SALIENCY_CACHE'] ?? envPaths('saliency', { suffix: '' }).cache
}

/** Where a fetched model file is kept: the last part of its address, in the cache's `models`. */
export function modelCachePath(url: string, cache: string = cacheFolder()): string {
  return join(cache, 'models', decodeURIComponent(new URL(url).pathname.split('/').at(-1) as string))
}
