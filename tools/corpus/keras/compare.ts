/** Imports the model of a folder that networks.py wrote, and prints how far its scores are from Keras' own. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tensor } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { loadModel } from '@saliency/model-formats/node'

const [folder = '.'] = process.argv.slice(2)

interface Expected {
  readonly file: string
  /** Images with their channels last. */
  readonly shape: readonly [number, number, number, number]
  readonly image: readonly number[]
  readonly scores: readonly number[]
}

const { file, shape, image, scores } = JSON.parse(
  readFileSync(join(folder, 'expected.json'), 'utf8'),
) as Expected
const [count, height, width, channels] = shape

/** `[n, h, w, c]` → `[n, c, h, w]` */
function channelsFirst(): Float32Array {
  const data = new Float32Array(image.length)
  let from = 0
  for (let n = 0; n < count; n++)
    for (let position = 0; position < height * width; position++)
      for (let channel = 0; channel < channels; channel++)
        data[(n * channels + channel) * height * width + position] = image[from++] as number
  return data
}

async function compare(): Promise<object> {
  const start = performance.now()
  const imported = await loadModel(join(folder, file))
  const seconds = Number(((performance.now() - start) / 1000).toFixed(1))
  const engine = await openOnnxRuntime({ threads: 2 })
  const session = await engine.open({ outputs: { scores: imported.scores } }, imported.weights)
  const result = await session.run({ image: tensor(channelsFirst(), [count, channels, height, width]) })
  await session.dispose()
  const actual = result['scores']?.data as Float32Array
  const size = Math.max(...scores.map(Math.abs))
  const difference = Math.max(...scores.map((score, index) => Math.abs(score - (actual[index] ?? NaN))))
  return {
    layers: imported.model.layers.length,
    seconds,
    difference: Number((difference / size).toPrecision(2)),
  }
}

console.log(JSON.stringify(await compare().catch((error: Error) => ({ error: error.message.slice(0, 300) }))))
