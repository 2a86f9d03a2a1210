import type { DrawnScene, FloatTensor } from '@saliency/core'
import type { Preprocess } from './preprocess.ts'

/** What is known about one image before it is decoded. */
export interface ImageRecord {
  /** Unique in its set and the same on every machine: a path relative to the set, or a place in a sequence. */
  readonly id: string
  /** Index of the true class, where there is one true class or a first among several. */
  readonly label?: number
  /** All classes known to be in the image, the first of them `label`. */
  readonly labels?: readonly number[]
  /** Class to explain, where the set asks for one. */
  readonly target?: number
  /** Number of masks that {@link LoadedImage.masks} will hold. */
  readonly maskCount: number
}

/** Where an object is. */
export interface ObjectMask {
  /** Index of the object's class, if known. */
  readonly label?: number
  /** `[h, w]` at the input's size, 1 on the object and 0 elsewhere. */
  readonly data: Uint8Array
}

/** One image, ready for a network. */
export interface LoadedImage {
  readonly record: ImageRecord
  /** `[1, c, h, w]`, preprocessed. */
  readonly input: FloatTensor
  /** `[h, w, 3]` bytes, RGB, of the same section at the same size. */
  readonly pixels: Uint8Array
  readonly masks: readonly ObjectMask[]
  /** How it was drawn, where it can be drawn again without some of its parts. */
  readonly scene?: DrawnScene
}

/** An image that was left out when the set was opened, and why. */
export interface SkippedImage {
  readonly id: string
  readonly reason: string
}

/** What a file was when it was read. */
export interface KnownFile {
  readonly bytes: number
  /** Hexadecimal digits. */
  readonly sha256: string
}

/** What is known of one file of a set once its header was read. */
export interface KnownImage {
  readonly id: string
  /** Why it was left out. */
  readonly reason?: string
  readonly record?: ImageRecord
  readonly pixels?: number
  readonly isTurned?: boolean
  /** The image's file, then those of its masks; absent for one that nobody read. */
  readonly files?: readonly KnownFile[]
}

/** Images in a fixed order. */
export interface ImageSet {
  readonly name: string
  /** Class names by index, where the set knows them. */
  readonly classes?: readonly string[]
  readonly images: readonly ImageRecord[]
  /** Unreadable images, which are not among `images`. */
  readonly skipped: readonly SkippedImage[]
  /** What was assumed or left out while the set was opened, in sentences. */
  readonly notices?: readonly string[]
  /** Why no image has a label, although folders or a table name classes: whatever needs labels must refuse. */
  readonly labelProblem?: string
  /**
   * SHA-256 over the names, the labels and the content of the images at these places: where it is the same, so are the
   * numbers that {@link ImageSet.load} gives.
   * @throws FILE if a file is gone
   */
  fingerprint(places: readonly number[]): Promise<string>
  /** What is known of each file, for another process that opens the same set; only sets of files have it. */
  known?(): readonly KnownImage[]
  /** Whether the set was opened with what an earlier process knew: no file was read yet. */
  readonly isKnown?: boolean
  /**
   * Decodes and preprocesses one image.
   * @throws INVALID_IMAGE naming it, if its pixels turn out to be unreadable or its file was replaced since it was first
   * read; FILE if its file is gone
   */
  load(index: number, preprocess: Preprocess): Promise<LoadedImage>
}

/** Wraps the label, or the labels, of an image as the fields of its record. */
export function labelFields(labels: readonly number[]): Pick<ImageRecord, 'label' | 'labels'> {
  const [label] = labels
  return label === undefined ? {} : { label, labels }
}
