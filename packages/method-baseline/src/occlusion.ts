import { defineMethod, SaliencyError, type Sample, type SamplingMethod } from '@saliency/core'

/** Options of occlusion. */
export const occlusionOptions = {
  size: { type: 'integer', minimum: 1, default: 8, description: 'Height and width of the patch, in pixels.' },
  stride: { type: 'integer', minimum: 1, default: 4, description: 'How far the patch moves, in pixels.' },
  fill: { type: 'number', default: 0, description: 'The value inside the patch, in the preprocessed space.' },
} as const

/** Where patches begin along an axis: every `stride` pixels until one reaches the border, which cuts it off as in Captum. */
function starts(length: number, size: number, stride: number): number[] {
  return Array.from({ length: Math.ceil((length - size) / stride) + 1 }, (_, i) => i * stride)
}

/** How many patches cover each position of an axis. */
function coverage(length: number, { size, stride }: { size: number; stride: number }): number[] {
  const covers = starts(length, size, stride)
  return Array.from(
    { length },
    (_, position) => covers.filter((start) => start <= position && position < start + size).length,
  )
}

/** The image with one patch filled. */
function occluded(image: Float32Array, shape: readonly number[], region: Region, fill: number): Float32Array {
  const result = image.slice()
  const [channels = 0, height = 0, width = 0] = shape
  for (let row = region.top; row < region.top + region.height; row++) {
    for (let channel = 0; channel < channels; channel++) {
      const start = (channel * height + row) * width + region.left
      result.fill(fill, start, start + region.width)
    }
  }
  return result
}

type Region = NonNullable<Sample['region']>

/**
 * Occlusion: how much the logit drops, on average, under the patches that cover a pixel. `[n, c, h, w]`: Captum's map of a
 * window over all channels, divided by the number of channels, so that their sum is the drop.
 * @throws INVALID_OPTION if the patch is larger than the image, or moves further than its size
 */
export const occlusion: SamplingMethod<typeof occlusionOptions> = defineMethod({
  contract: 1,
  id: 'occlusion',
  title: 'Occlusion',
  references: [
    'Zeiler, Fergus 2014, Visualizing and Understanding Convolutional Networks, section 4.2 (arXiv:1311.2901)',
  ],
  options: occlusionOptions,
  variants: {
    occlusion: {
      description:
        "A patch of 8×8 pixels every 4, filled with zeros; overlaps averaged. Captum's map divided by the number of channels, whose sum is the drop.",
      handling: 'signed',
      options: {},
      traits: { odd: true },
    },
  },
  traits: { resolution: 'input' },
  kind: 'sampling',
  of: () => 'predict',
  *samples({ image, shape, options }): Iterable<Sample> {
    const [, height, width] = shape
    const { size, stride, fill } = options
    if (size > Math.min(height, width)) {
      throw new SaliencyError(
        'INVALID_OPTION',
        `occlusion: option 'size' is ${size}, larger than the image of ${height}×${width}; take a smaller patch.`,
      )
    }
    if (stride > size) {
      throw new SaliencyError(
        'INVALID_OPTION',
        `occlusion: option 'stride' is ${stride}, larger than the patch of ${size}: no patch would cover the pixels between; take a stride of at most ${size}.`,
      )
    }
    yield { input: image }
    for (const top of starts(height, size, stride)) {
      for (const left of starts(width, size, stride)) {
        const region = {
          top,
          left,
          height: Math.min(size, height - top),
          width: Math.min(size, width - left),
        }
        yield { input: occluded(image, shape, region, fill), region }
      }
    }
  },
  /** f(x) once everywhere, less the mean of f over the patches on a pixel; spread over channels, whose sum is the drop. */
  fold(sum, [result = 0], { region }, { shape: [channels, height, width], options }) {
    if (!region) {
      for (const index of sum.keys()) sum[index] = (sum[index] as number) + result / channels
      return
    }
    const [rows, columns] = [coverage(height, options), coverage(width, options)]
    for (let channel = 0; channel < channels; channel++) {
      for (let row = region.top; row < region.top + region.height; row++) {
        for (let column = region.left; column < region.left + region.width; column++) {
          const index = (channel * height + row) * width + column
          const covers = (rows[row] as number) * (columns[column] as number)
          sum[index] = (sum[index] as number) - result / (channels * covers)
        }
      }
    }
  },
})
