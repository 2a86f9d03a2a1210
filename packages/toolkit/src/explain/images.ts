import { basename, extname } from 'node:path'
import { counted, type FloatTensor, type Model, SaliencyError, tensor } from '@saliency/core'
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
  /** Why it has none, although its folder or its table names a class. */
  readonly labelProblem?: string
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
  /** What was assumed or left out, in sentences. */
  readonly notices: readonly string[]
  load(index: number): Promise<ExplainImage>
}

/** A path that stays inside the folder it is joined to: without roots, steps upwards, and characters that no file may have. */
function insidePath(id: string): string {
  const parts = id
    .split(/[\\/]/)
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    .map((part) => part.replace(/[\u0000-\u001f\u007f-\u009f:*?"<>|]/g, '_'))
  return parts.filter((part) => !['', '.', '..'].includes(part)).join('/') || 'image'
}

/**
 * The names that the results of images get: their paths inside the folder without extensions. Names must differ, or results
 * would overwrite each other; where they do not, the extension stays, and then a number is added.
 */
export function resultNames(ids: readonly string[]): string[] {
  const short = ids.map((id) => insidePath(id.slice(0, id.length - extname(id).length)))
  const times = (names: readonly string[], name: string) => names.filter((one) => one === name).length
  const names = short.map((name, index) =>
    times(short, name) === 1 ? name : insidePath(ids[index] as string),
  )
  const seen = new Map<string, number>()
  return names.map((name) => {
    const before = seen.get(name) ?? 0
    seen.set(name, before + 1)
    return before === 0 ? name : `${name}-${before + 1}`
  })
}

/**
 * Opens an image file, a folder, or a table of images.
 * @throws FILE, INVALID_INPUT or INVALID_IMAGE naming what is wrong.
 */
export async function openExplainImages(path: string, model: RunnerModel): Promise<ExplainImages> {
  const set = await openImages(path, {
    classes: model.classes,
    classCount: Number(model.model.logits.shape[1]),
    channels: Number(model.model.image.shape[1]),
  })
  const names = resultNames(set.images.map(({ id }) => id))
  return {
    names,
    ...(set.classes && { classes: set.classes }),
    skipped: set.skipped,
    notices: set.notices ?? [],
    async load(index) {
      const { record, input, pixels } = await set.load(index, model.preprocess)
      return {
        name: names[index] ?? basename(path),
        id: record.id,
        input,
        pixels,
        ...(record.label !== undefined && { label: record.label }),
        ...(record.target !== undefined && { target: record.target }),
        ...(set.labelProblem !== undefined && { labelProblem: set.labelProblem }),
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
      `The image has shape [${image.shape.join(', ')}] and ${counted(image.data.length, 'value')}; ${model.name} takes [${wanted.join(', ')}], preprocessed.`,
    )
  }
  const data = image.data instanceof Float32Array ? image.data : Float32Array.from(image.data)
  return {
    name: 'image',
    input: tensor(data, [1, ...wanted]),
    ...(image.label !== undefined && { label: image.label }),
  }
}
