import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeNpy, tensor } from '@saliency/core'
import { attributeTypes, dataTypes, encodeModel, type NodeProto } from '@saliency/onnx-proto'
import { describe, expect, it } from 'vitest'
import { saliency, temporaryFolder } from './project.ts'

const folder = temporaryFolder()

const ints = (name: string, values: number[]) => ({ name, type: attributeTypes.ints, ints: values })

function node(
  opType: string,
  input: string[],
  output: string,
  attribute: NodeProto['attribute'] = [],
): NodeProto {
  return { opType, name: output, input, output: [output], attribute }
}

/** A network of one convolution, which scores two classes of each pixel or, pooled, of the image. */
function network(name: string, image: (number | string)[], isPooled: boolean): string {
  const channels = Number(image[1])
  const data = Float32Array.from({ length: 2 * channels * 9 }, (_, at) => Math.sin(at + 1))
  const kernel = { name: 'kernel', dims: [2, channels, 3, 3], dataType: dataTypes.float32 }
  const conv = node('Conv', ['image', 'kernel'], 'pixels', [
    ints('kernel_shape', [3, 3]),
    ints('pads', [1, 1, 1, 1]),
  ])
  const head = [
    node('Relu', ['pixels'], 'maps'),
    node('GlobalAveragePool', ['maps'], 'pooled'),
    node('Flatten', ['pooled'], 'scores'),
  ]
  const dim = image.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
  const float = { elemType: dataTypes.float32 }
  const bytes = encodeModel({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name,
      node: isPooled ? [conv, ...head] : [conv],
      initializer: [{ ...kernel, rawData: new Uint8Array(data.buffer) }],
      input: [{ name: 'image', type: { tensorType: { ...float, shape: { dim } } } }],
      output: [{ name: isPooled ? 'scores' : 'pixels', type: { tensorType: float } }],
    },
  })
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'model.onnx'), bytes)
  return join(folder, name, 'model.onnx')
}

function array(name: string, shape: number[]): string {
  const size = shape.reduce((a, b) => a * b, 1)
  const data = Float32Array.from({ length: size }, (_, at) => Math.abs(Math.sin(at)))
  writeFileSync(join(folder, name), encodeNpy(tensor(data, shape)))
  return join(folder, name)
}

describe('a model that takes images of any size', () => {
  const file = () => network('open', ['n', 3, 'h', 'w'], true)

  it('takes the size that --size names, and says where it can be named', async () => {
    const { code, out } = await saliency(['inspect', file(), '--size', '12x20'])
    expect(code).toBe(0)
    expect(out).toMatch(/n × 3 × 12 × 20 → n × 2/)
    expect((await saliency(['inspect', file(), '--size', '16'])).out).toMatch(/n × 3 × 16 × 16/)
    expect((await saliency(['inspect', file()])).error).toMatch(
      /--size 224.*size in the config.*preprocess\.json/,
    )
  })

  it('refuses a size that is none, or that the file fixes', async () => {
    expect((await saliency(['inspect', file(), '--size', '12x'])).error).toMatch(
      /'12x' is neither 224 nor 224x320/,
    )
    const fixed = network('fixed', ['n', 3, 8, 8], true)
    const { code, error } = await saliency(['inspect', fixed, '--size', '12'])
    expect(code).toBe(2)
    expect(error).toMatch(/12×12 was asked for.*fixes 8×8/)
  })

  it('is studied at the size of the configuration', async () => {
    const images = array('rgb.npy', [4, 3, 10, 10])
    const config = {
      model: file(),
      images,
      size: [10, 12],
      methods: ['guided/gradient'],
      out: join(folder, 'run'),
    }
    writeFileSync(join(folder, 'size.json'), JSON.stringify(config))
    const { code, error } = await saliency(['run', join(folder, 'size.json'), '--dry-run'])
    expect(error).toMatch(/scaled to 10×12/)
    expect(code).toBe(0)
  })
})

it('explains images of ten channels from an array, and refuses a picture for them', async () => {
  const model = network('hyperspectral', ['n', 10, 8, 8], true)
  const run = (images: string) =>
    saliency([
      'explain',
      images,
      '--model',
      model,
      '--method',
      'guided/gradient',
      '--out',
      join(folder, 'maps'),
    ])
  const { code, error } = await run(array('bands.npy', [2, 8, 8, 10]))
  expect(error).toMatch(/arrays of 10 channels are scaled to 8×8, floats as they are/)
  expect(code).toBe(0)
  expect((await run(folder)).error).toMatch(/give the images as an array of 10 channels/)
})

describe('a model that scores every pixel', () => {
  const file = () => network('pixels', ['n', 3, 8, 8], false)

  it('is a classifier of the region that --target-region names', async () => {
    const mask = array('mask.npy', [8, 8])
    const { code, out } = await saliency(['inspect', file(), '--target-region', mask, '--verify'])
    expect(out).toMatch(/n × 3 × 8 × 8 → n × 2/)
    expect(out).not.toMatch(/fails/)
    expect(code).toBe(0)
    const images = array('one.npy', [1, 3, 8, 8])
    const args = [
      'explain',
      images,
      '--model',
      file(),
      '--target-region',
      mask,
      '--method',
      'gradcampp/gradcam',
    ]
    expect((await saliency([...args, '--out', join(folder, 'region')])).code).toBe(0)
  })

  it('is refused without a region, with the way to name one', async () => {
    const { code, error } = await saliency(['inspect', file()])
    expect(code).toBe(2)
    expect(error).toMatch(/scores every pixel.*--target-region MASK/)
  })
})
