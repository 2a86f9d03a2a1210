import { createRandom, tensor, type FloatTensor, type LoadedModel } from '@saliency/core'
import { loadModel, readPreprocess } from '@saliency/model-formats/node'
import { openReference, rowOf, stack } from '@saliency/testing'
import { demoModelFolder, shapeImages, type DemoModel } from '@saliency/zoo'
import { join } from 'node:path'

/** A network with pictures and the class to explain in each. */
export interface Subject {
  readonly loaded: LoadedModel
  /** `[p, c, h, w]`, as the network takes them. */
  readonly pictures: FloatTensor
  readonly targets: readonly number[]
}

/** ResNet-20 on photographs. */
export async function resnet20(): Promise<Subject> {
  const reference = await openReference()
  const pictures = stack([0, 1, 2].map((row) => rowOf(reference.images, row)))
  const loaded = await reference.model('model.json')
  return { loaded, pictures, targets: reference.targets.label.slice(0, 3) }
}

/** A demo network on two scenes, whose plain grounds make max-pools tie, and on noise. */
export async function demo(name: DemoModel): Promise<Subject> {
  const folder = demoModelFolder(name)
  const loaded = await loadModel(folder)
  const preprocess = await readPreprocess(join(folder, 'preprocess.json'))
  const scenes = shapeImages({ seed: 2, count: 2 })
  const drawn = await Promise.all([0, 1].map(async (index) => (await scenes.load(index, preprocess)).input))
  const random = createRandom('noise', 4)
  const shape = [1, ...loaded.model.image.shape.slice(1).map(Number)]
  const length = shape.reduce((product, dim) => product * dim, 1)
  const noise = tensor(
    Float32Array.from({ length }, () => random.uniform()),
    shape,
  )
  const targets = [...scenes.images.map(({ label }) => Number(label)), 2]
  return { loaded, pictures: stack([...drawn, noise]), targets }
}
