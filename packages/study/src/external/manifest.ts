import type { Condition } from '@saliency/core'
import { directionExplained, type Explained } from '../explained.ts'
import { canonical, shortHash } from '../store/keys.ts'

/** The manifest's name in the folder that an outside program is given. */
export const MANIFEST = 'manifest.json'

/** What maps belong to: maps made for anything else cannot be scored. */
export interface MadeFor {
  readonly model: { readonly name: string; readonly sha256: string }
  readonly preprocess: unknown
  readonly images: { readonly name: string; readonly count: number; readonly sha256: string }
  readonly seed: number
  /** What is explained instead of the predicted class. */
  readonly target?: unknown
}

/** One map that another program is to make. */
export interface ExternalMap {
  /** The image's place in the arrays, from 0. */
  readonly image: number
  /** The class to explain; absent where it is none alone. */
  readonly target?: number
  /** What to explain instead: the logits' weighted sum with these numbers, `[k]`. */
  readonly direction?: readonly number[]
  /** The `.npy` file of the map, inside the folder of maps. */
  readonly file: string
}

/** One state of weights and images, and the maps that are asked for in it. */
export interface ExternalState {
  readonly id: string
  /** What was done to weights, images and the explained direction: names the state in any study. */
  readonly key: string
  /** Every parameter by its name: `.npz`. */
  readonly weights: string
  /** Preprocessed images `[n, c, h, w]`: `.npy`. */
  readonly inputs: string
  /** What the model returns for them, before softmax or sigmoid, `[n, k]`: `.npy`. */
  readonly logits: string
  readonly maps: readonly ExternalMap[]
}

/** A parameter of the model. */
export interface ExternalParameter {
  readonly name: string
  readonly shape: readonly number[]
  readonly layer: string
  /** What it is for: kernel, bias, gamma … */
  readonly role: string
  /** What torch's `state_dict` calls it, where the layer is called as the module is. */
  readonly torch: string
}

/** `manifest.json`: everything that an outside program needs to know. */
export interface ExternalManifest {
  readonly format: 1
  readonly study: MadeFor
  /** `[c, h, w]` */
  readonly shape: readonly [c: number, h: number, w: number]
  readonly images: readonly string[]
  /** In the order in which layers run. */
  readonly parameters: readonly ExternalParameter[]
  readonly states: readonly ExternalState[]
}

/** Whether another program can make the maps of a condition: it cannot start relevance inside, nor graft onto a model. */
export function isOutside({ relevance, weights }: Condition): boolean {
  return !relevance && weights.kind !== 'grafted'
}

/** Equal for conditions whose maps lie in one state; which class is explained is no part of it. */
export function externalKey({ weights, input, direction = 'one-hot' }: Condition): string {
  return canonical({ weights, input, direction })
}

/** Where a map lies, and what it explains. Equal requests are one file. */
export function externalMap(
  state: string,
  image: number,
  explained: Explained,
  condition: Condition,
): ExternalMap {
  const place = `${state}/${String(image).padStart(5, '0')}`
  const { target } = explained
  if (target >= 0 && condition.direction !== 'centred')
    return { image, target, file: `${place}-class${target}.npy` }
  const direction = Array.from(directionExplained(explained, condition))
  return { image, direction, file: `${place}-${shortHash(canonical(direction))}.npy` }
}

/** What of a study maps depend on. */
export function madeFor({ model, preprocess, images, seed, target }: MadeFor): MadeFor {
  const { name, count, sha256 } = images
  return {
    model: { name: model.name, sha256: model.sha256 },
    preprocess,
    images: { name, count, sha256 },
    seed,
    ...(target !== undefined && { target }),
  }
}

const torchNames: Readonly<Record<string, string>> = {
  kernel: 'weight',
  gamma: 'weight',
  slope: 'weight',
  beta: 'bias',
  mean: 'running_mean',
  variance: 'running_var',
}

/** What torch's `state_dict` calls a parameter, where its layer is called as the module is. */
export function torchName(layer: string, role: string): string {
  return `${layer}.${torchNames[role] ?? role}`
}

/** Layers that are called by their operator and a number: a file that torch wrote has modules' names, another may not. */
export function layersWithoutNames({ parameters }: Pick<ExternalManifest, 'parameters'>): string[] {
  const layers = [...new Set(parameters.map(({ layer }) => layer))]
  return layers.filter((layer) => /^(node_)?[A-Z]?[A-Za-z]*(_\d+)+$|^\d+$|::/.test(layer))
}
