import * as tf from '@tensorflow/tfjs-node'
import { createRandom } from '@saliency/core'
import { CANVAS_SIZE } from '../src/shapes/canvas.ts'
import { SHAPE_CLASSES } from '../src/shapes/outline.ts'
import { drawScene } from '../src/shapes/scene.ts'

/** Images as bytes and, for each, the classes that are in it. */
export interface Examples {
  readonly pixels: readonly Uint8Array[]
  readonly labels: readonly (readonly number[])[]
}

/** Mean and standard deviation that every channel, in [0, 1], is normalised with. */
export const NORMALISATION = { mean: 0.5, std: 0.25 } as const

/** Draws `count` images of one seed. */
export function drawExamples(seed: number, objects: 1 | 2, count: number): Examples {
  const scenes = Array.from({ length: count }, (_, index) => {
    const { pixels, objects: inside } = drawScene({ seed, index, objects })
    return { pixels, labels: inside.map((object) => object.label) }
  })
  return { pixels: scenes.map((scene) => scene.pixels), labels: scenes.map((scene) => scene.labels) }
}

/** The images of both, those of `a` first. */
export function concatExamples(a: Examples, b: Examples): Examples {
  return { pixels: [...a.pixels, ...b.pixels], labels: [...a.labels, ...b.labels] }
}

/** The same images with their labels permuted among them: nothing about an image tells its label. */
export function permuteLabels({ pixels, labels }: Examples, seed: number): Examples {
  return { pixels, labels: createRandom(seed, 'permuted labels').shuffle(labels) }
}

/** `[n, h, w, 3]`, normalised; `flipped` mirrors left and right, which changes no class. The caller disposes. */
export function imageBatch(examples: Examples, indices: readonly number[], flipped = false): tf.Tensor4D {
  return tf.tidy(() => {
    const stride = CANVAS_SIZE * CANVAS_SIZE * 3
    const bytes = new Uint8Array(indices.length * stride)
    indices.forEach((index, row) => bytes.set(examples.pixels[index] as Uint8Array, row * stride))
    const pixels = tf.tensor4d(bytes, [indices.length, CANVAS_SIZE, CANVAS_SIZE, 3], 'int32')
    const { mean, std } = NORMALISATION
    const normal = pixels.toFloat().div<tf.Tensor4D>(255).sub<tf.Tensor4D>(mean).div<tf.Tensor4D>(std)
    return flipped ? normal.reverse<tf.Tensor4D>(2) : normal
  })
}

/** `[n, classes]`: each image's probability mass, shared equally among the classes in it. The caller disposes. */
export function labelBatch(examples: Examples, indices: readonly number[]): tf.Tensor2D {
  const classes = SHAPE_CLASSES.length
  const values = new Float32Array(indices.length * classes)
  indices.forEach((index, row) => {
    const labels = examples.labels[index] as readonly number[]
    for (const label of labels) values[row * classes + label] = 1 / labels.length
  })
  return tf.tensor2d(values, [indices.length, classes])
}
