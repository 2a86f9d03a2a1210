import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FoundManifest, nearestManifest } from '@saliency/toolkit/start'

/** This package's folder and manifest, wherever it is installed. */
export const own: FoundManifest | undefined = nearestManifest(dirname(fileURLToPath(import.meta.url)))
