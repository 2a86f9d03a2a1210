import type { Handling } from '@saliency/core'
import type { DecodedImage } from '@saliency/images'
import type { Preprocess } from '@saliency/model-formats'
import type { DisplayPlane } from '@saliency/report'

/** A network that comes with the page. */
export type DemoName = 'residual' | 'vgg' | 'vit'

/** One variant, as the page lists it. */
export interface VariantFacts {
  /** `method/variant` */
  readonly id: string
  readonly name: string
  readonly handling: Handling
  readonly description: string
  /** The variant that differs in nothing but what it does with signs. */
  readonly counterpart?: string
  /** A control: its expected behaviour is known. */
  readonly isControl: boolean
}

/** Variants of one method. */
export interface Family {
  readonly method: string
  readonly title: string
  readonly variants: readonly VariantFacts[]
  /** Evaluates many changed pictures for one map: computed when it is asked for. */
  readonly isSampling: boolean
}

/** One step of the parameter axis: the name of the block that it draws anew, besides all above it. */
export interface Step {
  readonly block: string
}

/**
 * Numbers of a network beyond which its worker ends with it, since WebAssembly gives memory back in no other way, and
 * beyond which a graphics card is worth its start.
 */
export const LARGE = 2_000_000

/** Where a person wants maps to be computed. */
export type EngineChoice = 'auto' | 'wasm' | 'webgpu'

/** What a person chose instead of what goes without saying. */
export interface NetworkChoices {
  readonly engine: EngineChoice
  readonly preprocess?: Preprocess
  /** The output with the class scores. */
  readonly output?: string
  /** The layer whose activation the maps of the CAM family weigh. */
  readonly layer?: string
}

/** Something to choose one of, and which one is chosen. */
export interface Choosable {
  readonly names: readonly string[]
  readonly chosen: string
}

/** What the page says of a network. */
export interface NetworkFacts {
  readonly name: string
  /** Outputs that can be scores of classes. */
  readonly outputs: Choosable
  /** Layers that have rows and columns of the picture; none where no method asks for one. */
  readonly layers?: Choosable
  /** What was taken where neither the file nor anything beside it says, a sentence each. */
  readonly guesses: readonly string[]
  /** The file takes pictures of any size. */
  readonly takesAnySize: boolean
  readonly classes: readonly string[]
  /** How many numbers were trained. */
  readonly parameters: number
  readonly preprocess: Preprocess
  readonly families: readonly Family[]
  readonly steps: readonly Step[]
}

/** A picture at the network's size. */
export interface PictureFacts {
  readonly id: string
  readonly height: number
  readonly width: number
  /** `[h, w, 3]` */
  readonly pixels: Uint8Array
}

/** A network that was opened, and the pictures at its size. */
export interface OpenedNetwork {
  readonly facts: NetworkFacts
  readonly pictures: readonly PictureFacts[]
}

/** One class with its probability. */
export interface Prediction {
  readonly index: number
  readonly name: string
  readonly probability: number
}

/** A question to the network: one picture, one class, trained weights or some blocks drawn anew. */
export interface Question {
  readonly picture: string
  readonly target: number
  /** Blocks drawn anew from the top; 0 for the trained weights. */
  readonly step: number
  /** Methods whose maps are wanted. */
  readonly methods: readonly string[]
}

/** One map, with what it is compared with. */
export interface MapFacts {
  readonly id: string
  /** The map to look at; absent where this network cannot be explained with the variant. */
  readonly plane?: DisplayPlane
  /** Its values: the signed sum over channels, rows first. */
  readonly values?: Float32Array
  /** Spearman's correlation with the map of the predicted class under trained weights, in [−1, 1]. */
  readonly same?: number
  /** What is wrong with the map, or why there is none. */
  readonly problem?: string
}

/** A file that a person brought, with its path inside the folder that was dropped. */
export interface BroughtFile {
  readonly path: string
  readonly file: Blob
}

/** A network beside the page, where a command serves both. */
export interface LocalNetwork {
  readonly name: string
  /** The address of its folder. */
  readonly folder: string
  /** Its file in the folder. */
  readonly path: string
}

/** Where a network is read from. */
export type NetworkOrigin =
  | { readonly demo: DemoName }
  | { readonly local: LocalNetwork }
  | { readonly files: readonly BroughtFile[] }

/** What one check says of one variant. */
export interface AxisVerdict {
  /** Absent where the variant is shown and not judged. */
  readonly outcome?: string
  /** How much of what could be specific to an image survives the change; its 95 % interval. */
  readonly value: number | null
  readonly interval?: readonly [number, number]
  /** Mean similarity, and its chance level. */
  readonly same?: number
  readonly chance?: number
  readonly notes: readonly string[]
}

/** The verdicts of a study, a variant a row and a check a column. */
export interface Judged {
  readonly images: number
  readonly checks: readonly { readonly id: string; readonly title: string }[]
  readonly rows: readonly {
    readonly variant: string
    readonly handling: string
    readonly verdicts: readonly (AxisVerdict | null)[]
  }[]
}

/** What the worker can be asked. */
export interface WorkerFunctions {
  /**
   * Reads a network; one that is open stays until this one is.
   * @param given the pictures that a person brought
   * @returns `elsewhere` where it wants more threads, or fewer, than this worker has: another worker can open it
   */
  open(
    origin: NetworkOrigin,
    choices: NetworkChoices,
    given: readonly DecodedImage[],
  ): Promise<OpenedNetwork | 'elsewhere'>
  /** The pictures that a person brought, all of them; those of the page follow. */
  pictures(given: readonly DecodedImage[]): Promise<readonly PictureFacts[]>
  predict(picture: string): Promise<readonly Prediction[]>
  /** Answers in {@link PageFunctions}; a later question ends it. */
  ask(question: Question): Promise<void>
  /** Ends what is computed; a study goes on when it is asked for again. */
  stop(): Promise<void>
  /** Judges methods on so many pictures: those at hand, then the page's own. Nothing where it was stopped. */
  judge(methods: readonly string[], count: number): Promise<Judged | undefined>
  /** The report of the last study, one HTML page. */
  report(): Promise<string>
  /** The last study: what was studied, its rows, and the summary. */
  run(): Promise<string>
  /** The maps of a question as their methods return them, `[1, c, h, w]`, in NumPy's format; by variant. */
  arrays(question: Question): Promise<ReadonlyMap<string, Uint8Array>>
  /** Network and maps as one ONNX file. */
  explained(methods: readonly string[]): Promise<Uint8Array>
}

/** What the worker tells the page. */
export interface PageFunctions {
  map(question: Question, map: MapFacts): void
  /** The chance level of a variant: the same correlation between different pictures. */
  chance(question: Question, id: string, chance: number): void
  /** What is computed, and how many of how many methods are done. */
  progress(question: Question, text: string, done: number, all: number): void
  /** Where maps are computed, in words. */
  engine(line: string): void
  /** How much of a study is done. */
  judging(done: number, all: number): void
}
