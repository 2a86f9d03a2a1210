import { existsSync, readFileSync } from 'node:fs'
import {
  backward,
  directionInput,
  findVariantById,
  parseNpy,
  tensor,
  type Engine,
  type FloatTensor,
} from '@saliency/core'
import { verifyModel, type ImportedModel } from '@saliency/model-formats'
import { loadModel, openSource } from '@saliency/model-formats/node'
import { oneHot } from '@saliency/testing'
import { openExplainer } from '../../packages/explain/src/index.ts'
import fullgrad from '../../packages/method-fullgrad/src/index.ts'
import gradcampp from '../../packages/method-gradcampp/src/index.ts'
import guided from '../../packages/method-guided/src/index.ts'
import lrp from '../../packages/method-lrp/src/index.ts'

const methods = [guided, gradcampp, lrp, fullgrad].flat()

/** What is tried on every network that loads. */
export const variantIds = [
  'guided/gradient',
  'guided/guided',
  'gradcampp/gradcam',
  'lrp/epsilon',
  'fullgrad/fullgrad',
] as const

/** What became of one file. */
export interface Measured {
  /** `network.exporter-batch` */
  readonly file: string
  /** Processor seconds of the import. */
  readonly seconds?: number
  /** Whether it explains batches of any size, or image by image. */
  readonly images?: 'any' | 'one'
  /** From ONNX Runtime on the file itself, two random images; relative where logits are above 1. */
  readonly difference?: number
  /** Relative distance of the gradient from torch's in double precision, of one image in a batch of two. */
  readonly gradient?: number
  /** The default target layer `[n, c, h, w]`, or why there is none. */
  readonly target?: string
  /** Variants of which the first image has no map, and why. */
  readonly without?: Readonly<Record<string, string>>
  readonly message?: string
}

function array(path: string): FloatTensor {
  const { data, shape } = parseNpy(readFileSync(path), path)
  return tensor(Float32Array.from(data), shape)
}

const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))

const largest = ({ data }: FloatTensor) => data.indexOf(Math.max(...data))

/** The image first, another second: neither may change the other's gradient. */
async function gradientError(
  { model, weights }: ImportedModel,
  engine: Engine,
  stem: string,
): Promise<number> {
  const [image, logits, expected] = ['image', 'logits', 'gradient'].map((name) =>
    array(`${stem}.${name}.npy`),
  ) as [FloatTensor, FloatTensor, FloatTensor]
  const best = largest(logits)
  const gradient = backward({ from: model.logits, start: directionInput(model), until: model.image }).at(
    model.image,
  )
  const session = await engine.open({ outputs: { map: gradient } }, weights)
  const both = new Float32Array(2 * image.data.length)
  both.set(image.data)
  both.set(
    image.data.map((value) => 0.5 - value),
    image.data.length,
  )
  const pair = tensor(both, [2, ...image.shape.slice(1)])
  const direction = oneHot(model, [best, best])
  const results = await session.run({ image: pair, direction }).finally(() => session.dispose())
  const own = (results['map'] as FloatTensor).data.subarray(0, image.data.length)
  return norm(own.map((value, index) => value - (expected.data[index] as number))) / norm(expected.data)
}

const firstLine = (error: unknown) => (error as Error).message.split('\n').slice(0, 2).join(' ')

/** Variants that do not run on the image, with their message. */
async function withoutMap(
  imported: ImportedModel,
  engine: Engine,
  images: FloatTensor,
  target: number,
): Promise<Readonly<Record<string, string>>> {
  const without: Record<string, string> = {}
  for (const id of variantIds) {
    const explainer = openExplainer(imported, { engine, variants: [findVariantById(methods, id)], methods })
    try {
      const [failed] = explainer.unavailable
      if (failed) throw failed.error
      const [map] = await explainer.explain({ images, targets: [target] })
      // A map that a final ReLU leaves empty is one.
      if (!map?.data.every(Number.isFinite)) throw new Error('the map holds what is no number')
    } catch (error) {
      without[id] = firstLine(error)
    } finally {
      await explainer.dispose()
    }
  }
  return without
}

function targetOf({ model: { target } }: ImportedModel): string {
  return target.layer
    ? `${target.layer.name} [${target.layer.maps?.shape.join(', ')}]`
    : `none: ${target.reason}`
}

/** Loads the file at `path`, compares it with its own library and with torch, and tries the variants. */
export async function measureFile(path: string, file: string, engine: Engine): Promise<Measured> {
  const start = process.cpuUsage()
  let row: Measured = { file }
  try {
    const imported = await loadModel(path)
    const { user, system } = process.cpuUsage(start)
    row = {
      file,
      seconds: Number(((user + system) / 1e6).toFixed(1)),
      images: imported.model.graph.batch === 1 ? 'one' : 'any',
      target: targetOf(imported),
    }
    const source = await openSource(path, imported)
    const { difference, magnitude } = await verifyModel(imported, source, engine).finally(() =>
      source.dispose(),
    )
    row = { ...row, difference: difference / Math.max(1, magnitude) }
    const stem = path.replace(/\.[^.]+\.onnx$/, '')
    const [image, logits] = [array(`${stem}.image.npy`), array(`${stem}.logits.npy`)]
    row = { ...row, without: await withoutMap(imported, engine, image, largest(logits)) }
    const hasGradient = existsSync(`${stem}.gradient.npy`)
    return hasGradient ? { ...row, gradient: await gradientError(imported, engine, stem) } : row
  } catch (error) {
    return { ...row, message: firstLine(error) }
  }
}
