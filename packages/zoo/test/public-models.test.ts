import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { File, ready } from 'h5wasm/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  assembleModel,
  PUBLIC_MODELS,
  readKerasWeights,
  seededWeights,
  type KerasArchitecture,
  type KerasWeight,
} from '../src/index.ts'

let folder: string
beforeAll(async () => {
  await ready
  folder = await mkdtemp(join(tmpdir(), 'zoo-'))
})
afterAll(() => rm(folder, { recursive: true }))

const count = ({ weights }: KerasArchitecture) =>
  weights.reduce((sum, { shape }) => sum + shape.reduce((product, dim) => product * dim, 1), 0)

/** Names of the weights in which two sets differ; deep equality of large arrays is slow. */
function differences(found: readonly KerasWeight[], wanted: readonly KerasWeight[]): string[] {
  expect(found.map(({ name, shape }) => ({ name, shape }))).toEqual(
    wanted.map(({ name, shape }) => ({ name, shape })),
  )
  const isEqual = (a: Float32Array, b: Float32Array) =>
    a.length === b.length && a.every((value, index) => value === b[index])
  return found.filter(({ data }, index) => !isEqual(data, wanted[index]!.data)).map(({ name }) => name)
}

describe('architectures', () => {
  // Published by Keras, https://keras.io/api/applications/; EfficientNet's count there has 7 numbers of its own
  // normalisation layer, which is preprocessing here.
  it.each([
    ['vgg16', 138_357_544],
    ['resnet50', 25_636_712],
    ['mobilenet-v1-0.25', 475_544],
    ['mobilenet-v2', 3_538_984],
    ['efficientnet-b0', 5_330_571 - 7],
  ] as const)('%s has the published number of parameters', (name, parameters) => {
    expect(count(PUBLIC_MODELS[name].architecture())).toBe(parameters)
  })

  it.each(['mobilenet-v1-0.25', 'mobilenet-v2', 'efficientnet-b0', 'resnet50'] as const)(
    '%s becomes a graph with a thousand logits',
    async (name) => {
      const architecture = PUBLIC_MODELS[name].architecture()
      const { model, weights } = await assembleModel(architecture, seededWeights(architecture, 1))
      expect(model.image.shape.slice(1)).toEqual([3, 224, 224])
      expect(model.logits.shape.at(-1)).toBe(1000)
      expect(model.head).toBe('softmax')
      expect(model.target.layer?.output.shape.slice(2)).toEqual([7, 7])
      const total = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0)
      expect(total).toBe(count(architecture))
    },
  )

  it('draws the same weights from the same seed', () => {
    const architecture = PUBLIC_MODELS['mobilenet-v1-0.25'].architecture()
    const [first, again, other] = [1, 1, 2].map((seed) => seededWeights(architecture, seed))
    expect(differences(again!, first!)).toEqual([])
    expect(differences(other!, first!)).toHaveLength(first!.length)
  })

  it('knows the classes of ImageNet', () => {
    const { classes } = PUBLIC_MODELS.vgg16.preprocess
    expect(classes).toHaveLength(1000)
    expect(new Set(classes).size).toBe(1000)
    expect([classes![0], classes![281], classes![999]]).toEqual(['tench', 'tabby', 'toilet tissue'])
  })
})

/** Writes weights as Keras does; `rename` changes the layers' names, `weightName` those of the weights. */
function writeH5(
  path: string,
  architecture: KerasArchitecture,
  settings: {
    rename?: (layer: string) => string
    weightName?: (layer: string, weight: string) => string
    nested?: boolean
  } = {},
) {
  const {
    rename = (layer) => layer,
    weightName = (layer, weight) => `${layer}/${weight}:0`,
    nested = false,
  } = settings
  const file = new File(path, 'w')
  const root = nested ? file.create_group('model_weights') : file
  const values = new Map(seededWeights(architecture, 3).map((weight) => [weight.name, weight]))
  const layers = [...new Set(architecture.weights.map((spec) => spec.layer))]
  const input = root.create_group('input_1')
  input.create_attribute('weight_names', [], [0], 'S1')
  root.create_attribute('layer_names', ['input_1', ...layers.map(rename)])
  for (const layer of layers) {
    const group = root.create_group(rename(layer))
    const specs = architecture.weights.filter((spec) => spec.layer === layer)
    group.create_attribute(
      'weight_names',
      specs.map((spec) => weightName(rename(layer), spec.weight)),
    )
    for (const { weight } of specs) {
      const { data, shape } = values.get(`${layer}/${weight}`)!
      const parts = weightName(rename(layer), weight).split('/')
      const name = parts.pop()!
      const parent = parts.reduce(
        (at, part) => (at.keys().includes(part) ? (at.get(part) as typeof at) : at.create_group(part)),
        group,
      )
      parent.create_dataset({ name, data, shape: [...shape] })
    }
  }
  file.flush()
  file.close()
}

describe('readKerasWeights', () => {
  const architecture = PUBLIC_MODELS['mobilenet-v1-0.25'].architecture()
  const expected = seededWeights(architecture, 3)

  it.each([
    ['by name', {}],
    ['from a whole saved model', { nested: true }],
    [
      'with the weight names of early Keras',
      { weightName: (layer: string, weight: string) => `${layer}_${weight[0]}_1:0` },
    ],
    ['by order, where the layers have other names', { rename: (layer: string) => `old_${layer}` }],
  ])('reads them %s', async (title, settings) => {
    const path = join(folder, `${title.replaceAll(/\W+/g, '-')}.h5`)
    const unique =
      'weightName' in settings
        ? { weightName: (layer: string, weight: string) => `${layer}_${weight}_1:0` }
        : settings
    writeH5(path, architecture, unique)
    expect(differences(await readKerasWeights(path, architecture), expected)).toEqual([])
  })

  it('says which layer does not fit', async () => {
    const path = join(folder, 'v2.h5')
    writeH5(path, architecture)
    await expect(readKerasWeights(path, PUBLIC_MODELS['mobilenet-v2'].architecture())).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(/does not fit mobilenetv2.*none called Conv1/),
    })
    const wider = {
      ...architecture,
      weights: architecture.weights.map((spec) =>
        spec.layer === 'conv_pw_3' ? { ...spec, shape: [1, 1, 32, 64] } : spec,
      ),
    }
    await expect(readKerasWeights(path, wider)).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringContaining(
        'conv_pw_3/kernel has the shape [1, 1, 32, 32], but [1, 1, 32, 64] is needed',
      ),
    })
  })

  it('refuses what is no HDF5, is truncated, or holds no weights', async () => {
    const foreign = join(folder, 'foreign.h5')
    await writeFile(foreign, 'not HDF5')
    const empty = join(folder, 'empty.h5')
    const file = new File(empty, 'w')
    file.create_group('something')
    file.close()
    for (const path of [foreign, empty, join(folder, 'missing.h5')]) {
      await expect(readKerasWeights(path, architecture)).rejects.toMatchObject({ code: 'INVALID_MODEL' })
    }
  })
})
