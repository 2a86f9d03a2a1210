import type { LoadedModel } from '@saliency/core'
import { loadModel } from '@saliency/model-formats/node'
import { deitTiny } from './deit-tiny.ts'
import { demoModelFolder, isDemoModel, isPublicModel, seededPublicModel } from '@saliency/zoo'

/** The networks of the table. */
export const networks = ['vgg16', 'resnet50', 'mobilenet-v2', 'residual', 'vgg', 'deit-tiny'] as const

/** The networks that the limits are meant for. */
export const limited: ReadonlySet<string> = new Set(['vgg16', 'resnet50'])

/** Loads a demo network, or a public architecture with seeded weights. */
export async function loadNetwork(name: string): Promise<LoadedModel> {
  if (name === 'deit-tiny') return deitTiny()
  if (isDemoModel(name)) return loadModel(demoModelFolder(name))
  if (isPublicModel(name)) return (await seededPublicModel(name, 1)).model
  throw new Error(`There is no network '${name}'; choose among ${networks.join(', ')}.`)
}
