// Prints how long each engine takes for VGG-16 (random weights, 224 × 224): forward, and forward with the gradient.
// Build first (npm run build), then: node packages/engine-tfjs/bench/engines.mjs [--batch 1] [--runs 5] [--width 64] [--size 224]
import { backward, createGraph, createRandom, tensor } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { openTfjs } from '@saliency/engine-tfjs'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    batch: { type: 'string', default: '1' },
    runs: { type: 'string', default: '5' },
    width: { type: 'string', default: '64' },
    size: { type: 'string', default: '224' },
    engines: { type: 'string', default: 'onnxruntime-node,onnxruntime-web,tensorflow,wasm' },
  },
})
const [batch, runs, width, size] = [values.batch, values.runs, values.width, values.size].map(Number)

const openers = {
  'onnxruntime-node': () => openOnnxRuntime({ backend: 'native' }),
  'onnxruntime-web': () => openOnnxRuntime({ backend: 'wasm' }),
  tensorflow: () => openTfjs({ backend: 'tensorflow' }),
  wasm: () => openTfjs({ backend: 'wasm' }),
  cpu: () => openTfjs({ backend: 'cpu' }),
}

const random = createRandom('bench')
const uniform = (shape, scale) => {
  const length = shape.reduce((product, dim) => product * dim, 1)
  return tensor(
    Float32Array.from({ length }, () => (random.uniform() - 0.5) * scale),
    shape,
  )
}

/** VGG-16's thirteen convolutions, five pools and three dense layers. */
function vgg16() {
  const { ops } = createGraph()
  const weights = new Map()
  const parameter = (shape, scale) => {
    const name = `parameter${weights.size}`
    weights.set(name, uniform(shape, scale))
    return ops.parameter(name, shape)
  }
  const image = ops.input('image', ['n', 3, size, size])
  let x = image
  for (const [factor, depth] of [
    [1, 2],
    [2, 2],
    [4, 3],
    [8, 3],
    [8, 3],
  ]) {
    for (let layer = 0; layer < depth; layer++) {
      const [inner, outer] = [x.shape[1], width * factor]
      const kernel = parameter([outer, inner, 3, 3], 4.9 / Math.sqrt(inner * 9))
      x = ops.relu(ops.conv(x, kernel, parameter([outer], 0.1), { pads: [1, 1, 1, 1] }))
    }
    x = ops.maxPool(x, { kernel: [2, 2], strides: [2, 2] })
  }
  x = ops.flatten(x)
  const dense = (outer) =>
    ops.gemm(x, parameter([outer, x.shape[1]], 4.9 / Math.sqrt(x.shape[1])), parameter([outer], 0.1), {
      transB: true,
    })
  for (let layer = 0; layer < 2; layer++) x = ops.relu(dense(width * 64))
  const logits = dense(1000)
  const gradient = backward({ from: logits, seed: ops.input('seed', ['n', 1000]), until: image }).at(image)
  return { weights, outputs: { logits, gradient } }
}

/** The fastest of some runs, by the clock and by the processor's time, which a busy machine distorts less. */
async function fastest(session, feeds) {
  await session.run(feeds)
  const best = { clock: Infinity, processor: Infinity }
  for (let run = 0; run < runs; run++) {
    const [start, used] = [performance.now(), process.cpuUsage()]
    await session.run(feeds)
    const { user, system } = process.cpuUsage(used)
    best.clock = Math.min(best.clock, performance.now() - start)
    best.processor = Math.min(best.processor, (user + system) / 1000)
  }
  return best
}

async function measure(engine, { weights, outputs }) {
  const image = uniform([batch, 3, size, size], 3.4)
  const seed = tensor(new Float32Array(batch * 1000), [batch, 1000])
  for (let row = 0; row < batch; row++) seed.data[row * 1000] = 1
  const only = await engine.open({ outputs: { logits: outputs.logits } }, weights)
  const forward = await fastest(only, { image })
  await only.dispose()
  const start = performance.now()
  const session = await engine.open({ outputs }, weights)
  const open = performance.now() - start
  const both = await fastest(session, { image, seed })
  await session.dispose()
  return { open, forward, both }
}

const network = vgg16()
console.log(`VGG-16, width ${width}, ${size} × ${size}, batch ${batch}, best of ${runs} runs, milliseconds`)
console.log(
  '| engine | open | forward | with gradient | in forwards | processor: forward | with gradient | in forwards |',
)
console.log('|---|---|---|---|---|---|---|---|')
for (const name of values.engines.split(',')) {
  try {
    const { open, forward, both } = await measure(await openers[name](), network)
    const row = ['clock', 'processor'].flatMap((kind) => [
      forward[kind].toFixed(0),
      both[kind].toFixed(0),
      (both[kind] / forward[kind]).toFixed(2),
    ])
    console.log(`| ${[name, open.toFixed(0), ...row].join(' | ')} |`)
  } catch (error) {
    console.log(`| ${name} | not measured: ${error.message.split('\n')[0]} |`)
  }
}
