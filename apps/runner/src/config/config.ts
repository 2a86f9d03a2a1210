import type { Check, Method } from '@saliency/core'

/** Options by name, as a config gives them. */
export type ConfigOptions = Record<string, number | boolean | string>

/** What is explained: a path, a path with a limit, or the built-in image set with known truth. */
export type ImagesConfig =
  | string
  | { path: string; limit?: number | undefined }
  | { procedural: 'shapes'; count?: number | undefined; objects?: 1 | 2 | undefined }

/** A study's configuration, as written in `saliency.config.ts`. Everything is optional; unknown fields are errors. */
export interface Config {
  $schema?: string | undefined
  /** Defaults for everything not given here. */
  preset?: 'demo' | 'study' | 'adebayo-2018' | 'pathwaygrad-2021' | 'sixt-2020' | undefined
  /** A model file or folder, or the name of a built-in model. */
  model?: string | undefined
  /** The same architecture trained on permuted labels. */
  twin?: string | undefined
  /** How the model wants its images; the same fields as a `preprocess.json` beside the model. */
  preprocess?: object | undefined
  images?: ImagesConfig | undefined
  /** Plugins besides the declared dependencies: package names, paths, or objects. */
  plugins?: (string | Method | Check | object)[] | undefined
  /** METHOD, METHOD/VARIANT, METHOD/VARIANT?option=value, or [name, options]; "all" for every method. */
  methods?: (string | [name: string, options: ConfigOptions])[] | undefined
  /** Checks by id, or [id, options]. */
  checks?: (string | [id: string, options: ConfigOptions])[] | undefined
  /** Names all random streams. */
  seed?: number | undefined
  /** At most this many images. */
  limit?: number | undefined
  /** The run folder. */
  out?: string | undefined
  /** auto, onnxruntime-node, onnxruntime-web, tfjs, or tfjs with a backend (tfjs-tensorflow, tfjs-wasm, tfjs-cpu). */
  engine?: string | undefined
  /** Images a batch; recorded, because it moves the last bits. */
  batchSize?: number | undefined
  /** Memory for the whole run, in bytes or as "4GiB"; default: 85 % of what is available. */
  memory?: number | string | undefined
  /** Groups of 8 images in one unit of work. */
  groups?: number | undefined
  /** The verdict's bound, in [0, 1]; default .5. */
  threshold?: number | undefined
}
