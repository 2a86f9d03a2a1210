import { basename, extname } from 'node:path'
import { type FloatTensor, type Model, SaliencyError, tensor } from '@saliency/core'
import { openImages } from '@saliency/images/node'
import type { RunnerModel } from '../models.ts'

/** An image as the library takes it: a file, or numbers that are preprocessed already. */
export type ImageInput =
  | string
  | {
      readonly data: Float32Array | readonly number[]
      /** `[c, h, w]` or `[1, c, h, w]` */
      readonly shape: readonly number[]
      readonly label?: number
    }

/** One image to explain. */
export interface ExplainImage {
  /** The file's name without its extension; for folders, with the path inside the folder. */
  readonly name: string
  /** Names it in random streams, as in a study; absent for numbers. */
  readonly id?: string
  readonly label?: number
  /** The class to explain, where a table names one. */
  readonly target?: number
  /** `[1, c, h, w]`, preprocessed. */
  readonly input: FloatTensor
  /** `[h, w, 3]` bytes under the overlay, where the image came from a file. */
  readonly pixels?: Uint8Array
}

/** Images to explain, decoded one at a time. */
export interface ExplainImages {
  readonly names: readonly string[]
  readonly classes?: readonly string[]
  /** Files that are no images. */
  readonly skipped: readonly { readonly id: string; readonly reason: string }[]
  load(index: number): Promise<ExplainImage>
}

/** A path inside a folder without the file's extension. */
export function imageName(id: string): string {
  return id.slice(0, id.length - extname(id).length)
}

/** Names must differ, or results would overwrite each other; where they do not, the extension stays. */
function uniqueNames(ids: readonly string[]): string[] {
  const names = ids.map(imageName)
  return names.map((name, index) =>
    names.indexOf(name) === names.lastIndexOf(name) ? name : (ids[index] as string),
  )
}

/**
 * Opens an image file, a folder, or a table of images.
 * @throws FILE, INVALID_INPUT or INVALID_IMAGE naming what is wrong.
 */
export async function openExplainImages(path: string, model: RunnerModel): Promise<ExplainImages> {
  const set = await openImages(path, { classes: model.classes })
  const names = uniqueNames(set.images.map(({ id }) => id))
  return {
    names,
    ...(set.classes && { classes: set.classes }),
    skipped: set.skipped,
    async load(index) {
      const { record, input, pixels } = await set.load(index, model.preprocess)
      return {
        name: names[index] ?? basename(path),
        id: record.id,
        input,
        pixels,
        ...(record.label !== undefined && { label: record.label }),
        ...(record.target !== undefined && { target: record.target }),
      }
    },
  }
}

/**
 * Numbers as an image.
 * @throws INVALID_INPUT if the shape is not the model's.
 */
export function arrayImage(image: Exclude<ImageInput, string>, model: Model): ExplainImage {
  const wanted = model.image.shape.slice(1) as number[]
  const given = image.shape.length === 4 && image.shape[0] === 1 ? image.shape.slice(1) : image.shape
  const size = wanted.reduce((product, dim) => product * dim, 1)
  if (given.join() !== wanted.join() || image.data.length !== size) {
    throw new SaliencyError(
      'INVALID_INPUT',
      `The image has shape [${image.shape.join(', ')}] and ${image.data.length} values; ${model.name} takes [${wanted.join(', ')}], preprocessed.`,
    )
  }
  const data = image.data instanceof Float32Array ? image.data : Float32Array.from(image.data)
  return {
    name: 'image',
    input: tensor(data, [1, ...wanted]),
    ...(image.label !== undefined && { label: image.label }),
  }
}
