/**
 * Reads names of folders that networks.py wrote, one a line; imports the model of each and prints, as JSON, how far its
 * scores are from Keras' own.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { tensor } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { loadModel } from '@saliency/model-formats/node'

interface Expected {
  readonly file: string
  /** Images with their channels last. */
  readonly shape: readonly [number, number, number, number]
  readonly image: readonly number[]
  readonly scores: readonly number[]
}

/** `[n, h, w, c]` → `[n, c, h, w]` */
function channelsFirst({ shape, image }: Expected): Float32Array {
  const [count, height, width, channels] = shape
  const data = new Float32Array(image.length)
  let from = 0
  for (let n = 0; n < count; n++)
    for (let position = 0; position < height * width; position++)
      for (let channel = 0; channel < channels; channel++)
        data[(n * channels + channel) * height * width + position] = image[from++] as number
  return data
}

const engine = await openOnnxRuntime({ threads: 1 })

async function compare(folder: string): Promise<object> {
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected
  const { scores, shape } = expected
  const [count, height, width, channels] = shape
  const start = performance.now()
  const imported = await loadModel(join(folder, expected.file))
  const seconds = Number(((performance.now() - start) / 1000).toFixed(1))
  const session = await engine.open({ outputs: { scores: imported.scores } }, imported.weights)
  const image = tensor(channelsFirst(expected), [count, channels, height, width])
  const result = await session.run({ image })
  await session.dispose()
  const actual = result['scores']?.data as Float32Array
  const size = Math.max(...scores.map(Math.abs))
  const difference = Math.max(...scores.map((score, index) => Math.abs(score - (actual[index] ?? NaN))))
  const layers = imported.model.layers.length
  return { layers, seconds, difference: Number((difference / size).toPrecision(2)) }
}

for await (const folder of createInterface({ input: process.stdin })) {
  const result = await compare(folder).catch((error: Error) => ({
    error: (error.message || String(error.stack)).slice(0, 300),
  }))
  console.log(JSON.stringify(result))
}
