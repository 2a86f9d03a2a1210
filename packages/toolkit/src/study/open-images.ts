import { resolve } from 'node:path'
import { type ImageSet, inTurn, type KnownImage } from '@saliency/images'
import { openImages } from '@saliency/images/node'
import { shapeImages } from '@saliency/zoo'
import type { RunnerModel } from '../models.ts'
import type { Settings } from './settings.ts'

/** Images drawn where the configuration gives no number. */
const PROCEDURAL_COUNT = 104
/** A seed that no network of the zoo was trained on. */
const UNSEEN = 1000

/**
 * Opens the images that a configuration names, and how many of them are used.
 * @param earlier what another process knew of them
 * @throws FILE or INVALID_INPUT where there are none.
 */
export async function openStudyImages(
  { images, limit, seed }: Pick<Settings, 'images' | 'limit' | 'seed'>,
  root: string,
  { classes, model }: Pick<RunnerModel, 'classes' | 'model'>,
  earlier?: readonly KnownImage[],
): Promise<{ set: ImageSet; limit: number }> {
  if (typeof images !== 'string' && 'procedural' in images) {
    const count = Math.min(images.count ?? PROCEDURAL_COUNT, limit ?? Infinity)
    return { set: shapeImages({ seed: UNSEEN + seed, count, objects: images.objects ?? 1 }), limit: count }
  }
  const path = typeof images === 'string' ? images : images.path
  const own = typeof images === 'string' ? undefined : images.limit
  const classCount = Number(model.logits.shape[1])
  // Classes in turn: any first part of the images holds all of them, and so does a group, whose pairs of different images
  // are what chance is measured on.
  const set = inTurn(
    await openImages(resolve(root, path), {
      classes,
      classCount,
      channels: Number(model.image.shape[1]),
      earlier,
    }),
  )
  return { set, limit: Math.min(limit ?? Infinity, own ?? Infinity, set.images.length) }
}
