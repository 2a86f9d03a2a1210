import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Model } from '@saliency/core'
import { toOnnx } from '@saliency/engine-onnxruntime'
import { buildTiny, seededWeights, visionTransformer } from '@saliency/testing'
import { demoModelFolder } from '@saliency/zoo'
import sharp from 'sharp'
import { root } from '../inspect/project.ts'

const classes = ['tench', 'goldfish', 'tabby cat', 'beagle']

function writeModel(path: string, model: Model): void {
  const weights = seededWeights(model, { seed: 1, biases: true })
  writeFileSync(path, toOnnx({ outputs: { logits: model.logits } }, weights))
}

/** A network with layers and classes of the names that the pages use, and a transformer, as files with their preprocessing beside them. */
function writeModels(folder: string): void {
  const model = buildTiny('reader', ({ conv, relu, maxPool, globalAverage, flatten, dense }, image) => {
    const first = relu('block1_relu1', conv('block1_conv1', image, 6))
    const second = relu('layer3.1.relu2', conv('layer3.1.conv2', maxPool('pool', first), 8))
    const third = relu('layer3.5', conv('layer3.5.conv', second, 8))
    return dense('classes', flatten('flatten', globalAverage('average', third)), classes.length)
  })
  const transformer = buildTiny('vit', (_, image, graph) =>
    visionTransformer(graph, image, { classes: classes.length }),
  )
  writeModel(join(folder, 'model.onnx'), model)
  writeModel(join(folder, 'vit.onnx'), transformer)
  const [, , height, width] = model.image.shape
  const input = { height, width, channels: 'RGB', range: [0, 1] }
  const preprocess = { input, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], classes }
  writeFileSync(join(folder, 'preprocess.json'), JSON.stringify(preprocess))
}

async function writePhoto(path: string, angle: number): Promise<void> {
  await sharp(join(root, 'tools/fixtures/square.png')).rotate(angle).flatten().jpeg().toFile(path)
}

/** An empty folder but for what pages take for granted: a model, photographs, a folder of another model, a plugin. */
export async function readerFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'saliency-reader-'))
  writeModels(folder)
  for (const name of ['photo.jpg', 'cat.jpg']) await writePhoto(join(folder, name), 10)
  for (const [index, name] of ['beagle', 'goldfish'].entries()) {
    mkdirSync(join(folder, 'photos', name), { recursive: true })
    for (const turn of [0, 1])
      await writePhoto(join(folder, 'photos', name, `${turn}.jpg`), 40 * index + 20 * turn)
  }
  cpSync(demoModelFolder('vgg'), join(folder, 'models/my-net'), { recursive: true })
  cpSync(join(root, 'tools/fixtures/third-party-method'), join(folder, 'saliency-method-mine'), {
    recursive: true,
  })
  return folder
}

/** Removes what {@link readerFolder} made. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}
