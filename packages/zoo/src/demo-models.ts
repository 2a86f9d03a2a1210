import { fileURLToPath } from 'node:url'
import { SaliencyError, suggestion } from '@saliency/core'

/** The networks in this package; each `-permuted` one is its namesake's twin, trained on permuted labels. */
export const DEMO_MODELS = [
  'residual',
  'vgg',
  'vit',
  'residual-permuted',
  'vgg-permuted',
  'vit-permuted',
] as const

/** Name of a network in this package. */
export type DemoModel = (typeof DEMO_MODELS)[number]

/**
 * The folder of a demo network that ends in a softmax: `model.json` and `weights.bin` (a TensorFlow.js layers model), or
 * `model.onnx` for the vision transformer; `preprocess.json`, and `training.json` with how it was trained and the accuracies it reached.
 * @throws INVALID_OPTION with the nearest name
 */
export function demoModelFolder(name: string): string {
  if (isDemoModel(name)) return fileURLToPath(new URL(`../models/${name}`, import.meta.url))
  throw new SaliencyError(
    'INVALID_OPTION',
    `There is no demo network '${name}'.${suggestion(name, DEMO_MODELS)} They are ${DEMO_MODELS.join(', ')}.`,
  )
}

/** True for the name of a network in this package. */
export function isDemoModel(name: string): name is DemoModel {
  return (DEMO_MODELS as readonly string[]).includes(name)
}

/** The twin of a demo network, the same architecture trained on permuted labels; undefined for any other model. */
export function demoTwin(name: string): DemoModel | undefined {
  const twin = `${name}-permuted`
  return isDemoModel(twin) ? twin : undefined
}
