import type { Check, Engine, LoadedModel, Method, Options, Weights } from '@saliency/core'
import type { Selection } from '@saliency/explain'
import type { ImageSet, Preprocess } from '@saliency/images'
import type { StudyTarget } from './explained.ts'
import type { ExternalVariant } from './external/external-variant.ts'
import type { Sha256 } from './fingerprint.ts'
import type { StudyRecord } from './store/study-record.ts'

/** A model, and how it wants its images. */
export interface StudyModel extends LoadedModel {
  readonly preprocess: Preprocess
  /** Names of the classes, by index. */
  readonly classes?: readonly string[]
  /** The output that was chosen, where the model has several. */
  readonly output?: string
}

/** A check, with options that replace its defaults. */
export interface ChosenCheck {
  readonly check: Check
  readonly options?: Options
}

/** The package that a method or a check is from. */
export interface Origin {
  readonly package: string
  readonly version: string
  /** The module whose default export it is: scoring threads import it from there. */
  readonly url?: string
}

/** The machine that a study runs on. */
export interface Machine {
  /** One line, for the protocol. */
  readonly description: string
  /** Bytes that the process may take, with those that it holds. */
  readonly available: number
  /** Bytes of what is in use in the process. */
  readonly inUse: number
  /** The machine's own SHA-256, which is many times faster than one in JavaScript: weights take hundreds of megabytes. */
  readonly sha256?: Sha256
}

/** What a study is put together from: everything is handed in, and nothing is looked up by a name. */
export interface StudyInputs {
  readonly model: StudyModel
  /** Loads the weights of the same network trained on permuted labels; called only where a check asks for them. */
  readonly twin?: () => Promise<Weights>
  readonly images: ImageSet
  /** The number of images that are used, from the first on; all by default. */
  readonly limit?: number
  /** Methods, or single variants of them. */
  readonly methods: readonly Selection[]
  /** Methods that other methods may evaluate by name; those that are studied by default. */
  readonly known?: readonly Method[]
  /** Variants whose maps another program made. */
  readonly external?: readonly ExternalVariant[]
  readonly checks: readonly ChosenCheck[]
  /** Where methods and checks are from; recorded, and needed for scoring beside the engine. */
  readonly origins?: ReadonlyMap<Method | Check, Origin>
  readonly engine: Engine
  /** Names all random streams; 1 by default. */
  readonly seed?: number
  /** What is explained where a check says the predicted class: another class, a sum of classes, a direction. */
  readonly target?: StudyTarget
  /** Replaces that of every check that has one, in [0, 1]. */
  readonly threshold?: number
  /** Groups of eight images in one unit of work; 4 by default. */
  readonly groups?: number
  /** How many shards are to have something to do, where the number of groups is not given: units are cut small enough. */
  readonly shards?: number
  /** Images in a batch, 1 to 1024; what fits into memory by default. Another size moves the last bits. */
  readonly batchSize?: number
  /** What the process may take, `4GiB` or bytes; 85 % of what is available by default. */
  readonly memory?: string | number
  /** Asked when memory is planned; by default nothing is known of it, and 2 GiB are taken. */
  readonly machine?: () => Machine
  /** Versions of packages that a number may depend on, by name. */
  readonly versions?: Readonly<Record<string, string>>
  /** What an earlier run in the same place was made with; sizes that are not given stay. */
  readonly stored?: StudyRecord
  /** The name of the defaults that were used, for the record. */
  readonly preset?: string
  /** Ids of methods that were not chosen for their cost, for the record. */
  readonly leftOut?: readonly string[]
}
