import { SaliencyError } from '@saliency/core'
import type { Finished, ImportSession } from '../import-session.ts'
import { unsupported } from '../problems.ts'

/** A walk through a file that is over, but for the choice of an output. */
export interface Walked {
  readonly session: ImportSession
  readonly found: Finished
}

/** Problems of a file that may be no problem for one image. */
const mayComeOfBatch = ['SHAPE', 'INVALID_MODEL', 'UNSUPPORTED_MODEL']

/** @throws UNSUPPORTED_MODEL where images mix on the way to an output, or no output has one row an image. */
function checkImagesApart({ session, found: { outputs } }: Walked): void {
  const places = outputs.map(({ value }) => session.batch.placeOf(value))
  if (!places.some((place) => place?.axis === 0 && place.before === 1)) {
    throw unsupported('no output has one row an image')
  }
}

/**
 * Walks through a file for batches of any size where every image stays by itself, and else for one image: a file may fold
 * its batch of one into other axes, drop it, or compute with its size, and is then right for that batch alone.
 * @throws what the walk for one image throws, which reads the file as it is.
 */
export function walkForBatches(walk: (images?: 1) => Walked): Walked {
  try {
    const walked = walk()
    checkImagesApart(walked)
    return walked
  } catch (error) {
    if (SaliencyError.is(error) && !mayComeOfBatch.includes(error.code)) throw error
    return walk(1)
  }
}
