import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { backward, parseNpy, directionInput, tensor, type Engine, type FloatTensor } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { verifyModel, type ImportedModel } from '@saliency/model-formats'
import { loadModel, openSource } from '@saliency/model-formats/node'
import { oneHot } from '@saliency/testing'

/** What became of one file. */
interface Row {
  readonly file: string
  readonly images?: 'any' | 'one'
  /** From ONNX Runtime on the file itself, two random images. */
  readonly difference?: number
  /** Relative distance of the gradient from torch's, of one image in a batch of two. */
  readonly gradient?: number
  readonly target?: string
  readonly message?: string
}

function array(path: string): FloatTensor {
  const { data, shape } = parseNpy(readFileSync(path), path)
  return tensor(Float32Array.from(data), shape)
}

const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))

/** The image first, another second: neither may change the other's gradient. */
async function gradientError(imported: ImportedModel, engine: Engine, stem: string): Promise<number> {
  const { model, weights } = imported
  const [image, logits, expected] = ['image', 'logits', 'gradient'].map((name) =>
    array(`${stem}.${name}.npy`),
  ) as [FloatTensor, FloatTensor, FloatTensor]
  const best = logits.data.indexOf(Math.max(...logits.data))
  const seedInput = directionInput(model)
  const gradient = backward({ from: model.logits, start: seedInput, until: model.image }).at(model.image)
  const session = await engine.open({ outputs: { map: gradient } }, weights)
  const other = image.data.map((value) => 0.5 - value)
  const both = new Float32Array(2 * other.length)
  both.set(image.data)
  both.set(other, other.length)
  const pair = tensor(both, [2, ...image.shape.slice(1)])
  const direction = oneHot(model, [best, best])
  const results = await session.run({ image: pair, direction }).finally(() => session.dispose())
  const own = (results['map'] as FloatTensor).data.subarray(0, image.data.length)
  return norm(own.map((value, index) => value - (expected.data[index] as number))) / norm(expected.data)
}

async function measure(folder: string, file: string, engine: Engine): Promise<Row> {
  const path = join(folder, file)
  try {
    const imported = await loadModel(path)
    const { target, graph } = imported.model
    const row = {
      file,
      images: graph.batch === 1 ? ('one' as const) : ('any' as const),
      target: target.layer ? `${target.layer.name} [${target.layer.maps?.shape.join(', ')}]` : target.reason,
    }
    try {
      const source = await openSource(path, imported)
      const { difference, magnitude } = await verifyModel(imported, source, engine).finally(() =>
        source.dispose(),
      )
      const stem = path.replace(/\.[^.]+\.onnx$/, '')
      const gradient = existsSync(`${stem}.gradient.npy`)
        ? await gradientError(imported, engine, stem)
        : undefined
      return {
        ...row,
        difference: difference / Math.max(1, magnitude),
        ...(gradient !== undefined && { gradient }),
      }
    } catch (error) {
      return { ...row, message: (error as Error).message }
    }
  } catch (error) {
    return { file, message: (error as Error).message }
  }
}

const [folder = '.', pattern = ''] = process.argv.slice(2)
const engine = await openOnnxRuntime({ threads: 1 })
for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx') && name.includes(pattern))) {
  const { images, difference, gradient, target, message } = await measure(folder, file, engine)
  const short = message?.replace(/\s+/g, ' ').slice(0, 400)
  console.log(
    [file, images, difference?.toExponential(1), gradient?.toExponential(1), target, short]
      .map((cell) => cell ?? '')
      .join('\t'),
  )
}
