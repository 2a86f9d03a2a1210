import { SaliencyError } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { importKerasArchive, like, asSourceValue, type LayerImporter } from '../src/index.ts'
import { archive2, archive3, from, image, layer, numbers, operation, pixels } from './keras-config.ts'
import { largestDifference, logitsOf } from './reference.ts'

const x = from('image')

/** What the file computes from {@link image}. */
async function computed(archive: Promise<Uint8Array>): Promise<Float32Array> {
  return logitsOf(await importKerasArchive(await archive), image)
}

async function refusal(archive: Promise<Uint8Array>, settings = {}): Promise<string> {
  const error: unknown = await importKerasArchive(await archive, settings).catch((reason: unknown) => reason)
  expect(SaliencyError.is(error, 'UNSUPPORTED_MODEL'), String(error)).toBe(true)
  return (error as SaliencyError).message
}

const each = (change: (value: number, channel: number, pixel: number) => number) =>
  pixels.map((value, at) => change(value, at % 3, Math.floor(at / 3)))

/** Operations of Keras 3 with what they make of {@link pixels}, worked out here. */
const operations: [what: string, layers: object[], expected: number[]][] = [
  ['x * 2', [operation('Multiply', [x, 2])], each((v) => v * 2)],
  ['1 - x', [operation('Subtract', [1, x])], each((v) => 1 - v)],
  [
    'flattened with the channels first',
    [layer('Flatten', [x], { data_format: 'channels_first' })],
    [0, 1].flatMap((b) => [0, 1, 2].flatMap((c) => [0, 1].map((a) => pixels[(a * 2 + b) * 3 + c] as number))),
  ],
  [
    'rows flattened with the channels first',
    [
      layer('Reshape', [x], { target_shape: [4, 3] }, {}, 'rows'),
      layer('Flatten', [from('rows')], { data_format: 'channels_first' }),
    ],
    [0, 1, 2].flatMap((c) => [0, 1, 2, 3].map((pixel) => pixels[pixel * 3 + c] as number)),
  ],
  ['x - 1', [operation('Subtract', [x, 1])], each((v) => v - 1)],
  [
    'rescaled, called as in training',
    [layer('Rescaling', [x], { scale: 2, offset: 1 }, { training: true })],
    each((v) => v * 2 + 1),
  ],
  [
    'cropped, called as in training',
    [layer('CenterCrop', [x], { height: 2, width: 1 }, { training: true })],
    [0, 1, 2, 6, 7, 8].map((at) => pixels[at] as number),
  ],
  ['x / 255', [operation('TrueDivide', [x, 255])], each((v) => v / 255)],
  ['x ** 2', [operation('Power', [x, 2])], each((v) => v * v)],
  ['2 ** x', [operation('Power', [2, x])], each((v) => 2 ** v)],
  ['-x', [operation('Negative', [x])], each((v) => -v)],
  ['maximum(.25, x)', [operation('Maximum', [0.25, x])], each((v) => Math.max(v, 0.25))],
  ['by name', [operation('Subtract', [], {}, { x2: x, x1: 3 })], each((v) => 3 - v)],
  ['an array by channel', [operation('Multiply', [x, numbers([1, 10, 100])])], each((v, c) => v * 10 ** c)],
  [
    'an array by pixel, in front',
    [
      operation('Subtract', [
        numbers([
          [
            [[1], [2]],
            [[3], [4]],
          ],
        ]),
        x,
      ]),
    ],
    each((v, _, p) => p + 1 - v),
  ],
  ['clip', [operation('Clip', [x], { x_min: -1, x_max: 1 })], each((v) => Math.min(Math.max(v, -1), 1))],
  [
    'where(x > 0, x, 7)',
    [operation('Greater', [x, 0], {}, {}, 'mask'), operation('Where', [from('mask'), x, 7])],
    each((v) => (v > 0 ? v : 7)),
  ],
  [
    'the mean of the channels, kept',
    [operation('Mean', [x], { axis: [-1], keepdims: true })],
    [0, 1, 2, 3].map((p) => ((pixels[3 * p] ?? 0) + (pixels[3 * p + 1] ?? 0) + (pixels[3 * p + 2] ?? 0)) / 3),
  ],
  ['the sum of a row', [operation('Sum', [x], { axis: 2 })], [0.25, 2, 3, -1.5, -1.9, 4.75]],
  [
    'x[..., ::-1]',
    [
      operation('GetItem', [
        x,
        [
          { class_name: '__ellipsis__', config: {} },
          { class_name: '__slice__', config: { start: null, stop: null, step: -1 } },
        ],
      ]),
    ],
    [2, -1, 0.5, 1, 3, -0.25, 0.75, -2, 1.5, 4, 0.1, -3],
  ],
  [
    'both halves of a split, in turn',
    [
      operation('Split', [x], { indices_or_sections: 2, axis: 1 }, {}, 'halves'),
      operation('Subtract', [from('halves', 1), from('halves', 0)]),
    ],
    [1, -1, -1.25, -2.75, -2.9, 3],
  ],
  ['a shape', [operation('Reshape', [x], { newshape: [-1, 3, 4] })], [...pixels]],
  [
    'a layer called by name',
    [layer('ReLU', [], { max_value: 1, negative_slope: 0, threshold: 0 }, { inputs: x })],
    each((v) => Math.min(Math.max(v, 0), 1)),
  ],
  ['a list by name', [layer('Add', [], {}, { inputs: [x, x] })], each((v) => 2 * v)],
  [
    "Keras' whole ReLU",
    [layer('ReLU', [x], { max_value: 2, negative_slope: 0.5, threshold: 1 })],
    each((v) => (v >= 1 ? Math.min(v, 2) : 0.5 * (v - 1))),
  ],
  [
    'an activation that is a layer',
    [
      layer('Activation', [x], {
        activation: {
          module: 'keras.layers',
          class_name: 'LeakyReLU',
          config: { negative_slope: 0.3 },
          registered_name: null,
        },
      }),
    ],
    each((v) => (v > 0 ? v : 0.3 * v)),
  ],
  [
    'Normalization by pixel row, inverted',
    [layer('Normalization', [x], { axis: [1], invert: true, mean: [1, 2], variance: [4, 9] })],
    each((v, _, p) => (p < 2 ? v * 2 + 1 : v * 3 + 2)),
  ],
]

/** Functions of TensorFlow in Keras 2: the function, its nodes, and what it makes of {@link pixels}. */
const functions: [what: string, name: string, node: unknown, expected: number[]][] = [
  ['x * 2', 'math.multiply', ['image', 0, 0, { y: 2, name: null }], each((v) => v * 2)],
  [
    '1 - x',
    'math.subtract',
    ['_CONSTANT_VALUE', -1, 1, { y: ['image', 0, 0], name: null }],
    each((v) => 1 - v),
  ],
  ['x + x', '__operators__.add', ['image', 0, 0, { y: ['image', 0, 0], name: null }], each((v) => v + v)],
  [
    'an array',
    'nn.bias_add',
    ['image', 0, 0, { bias: [1, 2, 3], data_format: 'NHWC' }],
    each((v, c) => v + c + 1),
  ],
  [
    'a list',
    'math.add_n',
    [
      ['image', 0, 0, {}],
      ['image', 0, 0, {}],
      ['image', 0, 0, {}],
    ],
    each((v) => 3 * v),
  ],
  ['its own slope', 'nn.leaky_relu', ['image', 0, 0, { alpha: 0.1 }], each((v) => (v > 0 ? v : 0.1 * v))],
  ["TensorFlow's slope", 'nn.leaky_relu', ['image', 0, 0, {}], each((v) => (v > 0 ? v : 0.2 * v))],
]

describe('constants, lists and names in a call count', () => {
  test.each(operations)('Keras 3: %s', async (_, layers, expected) => {
    expect(largestDifference(await computed(archive3(layers)), expected)).toBeLessThan(1e-5)
  })

  test.each(functions)('Keras 2: %s (tf.%s)', async (_, name, node, expected) => {
    expect(largestDifference(await computed(archive2(name, [node])), expected)).toBeLessThan(1e-5)
  })
})

/** Calls of which some argument cannot be honoured, with words that the refusal must hold. */
const refused: [what: string, layers: object[], words: RegExp][] = [
  [
    'an initial value',
    [operation('Max', [x], { axis: 1, initial: 5 })],
    /keras\.ops Max.*argument initial \(5\)/,
  ],
  ['an unknown name', [operation('Add', [x, 1], {}, { scale: 3 })], /argument scale \(3\)/],
  ['one argument too many', [operation('Add', [x, 1, 2])], /called with 3 arguments/],
  [
    'an operation that is not known',
    [operation('Cumsum', [x], { axis: 1 })],
    /keras\.ops Cumsum.*not supported/,
  ],
  ['all axes', [operation('Mean', [x], { axis: null })], /batch included/],
  ['training', [layer('Dropout', [x], { rate: 0.5 }, { training: true })], /training=True/],
  ['a mask', [layer('Softmax', [x], { axis: -1 }, { mask: x })], /argument mask \(a tensor\)/],
  [
    'a setting',
    [layer('LayerNormalization', [x], { axis: -1, rms_scaling: true, scale: false, center: false })],
    /rms_scaling = true/,
  ],
  ['an unknown layout', [layer('Flatten', [x], { data_format: 'channels_middle' })], /data_format/],
  [
    'a setting of an activation',
    [
      layer('Activation', [x], {
        activation: { module: 'keras.layers', class_name: 'ELU', config: { alpha: 1, beta: 2 } },
      }),
    ],
    /beta = 2/,
  ],
]

test.each(refused)('refused by name: %s', async (_, layers, words) => {
  expect(await refusal(archive3(layers))).toMatch(words)
})

test('a function of TensorFlow with an argument that is not known', async () => {
  const node = ['image', 0, 0, { axis: 1, weights: [1, 2] }]
  expect(await refusal(archive2('math.reduce_mean', [node]))).toMatch(
    /tf\.math\.reduce_mean.*weights \(\[1,2\]\)/,
  )
})

describe("one's own classes", () => {
  const own = (entry: object) => ({ ...layer('ReLU', [x], { factor: 3 }), ...entry })
  const files: [what: string, entry: object, key: string][] = [
    ["called like one of Keras'", { module: null, registered_name: 'ReLU' }, 'ReLU'],
    ['registered', { module: null, registered_name: 'mine>ReLU' }, 'mine>ReLU'],
    ['of another package', { module: 'vision.layers', registered_name: 'Gate', class_name: 'Gate' }, 'Gate'],
  ]
  const triple: LayerImporter = ({ input, config, ops }) =>
    like(input, ops.mul(input.value, config.number('factor')))

  test.each(files)('%s: refused, unless its importer is handed over', async (_, entry, key) => {
    expect(await refusal(archive3([own(entry)]))).toMatch(/class of your own.*importModel/)
    const imported = await importKerasArchive(await archive3([own(entry)]), { layers: { [key]: triple } })
    expect(
      largestDifference(
        await logitsOf(imported, image),
        each((v) => 3 * v),
      ),
    ).toBeLessThan(1e-5)
  })

  test("an importer of one's own does not replace what the file says is Keras'", async () => {
    const file = archive3([layer('ReLU', [x], { max_value: null, negative_slope: 0, threshold: 0 })])
    const imported = await importKerasArchive(await file, { layers: { ReLU: triple } })
    expect(
      largestDifference(
        await logitsOf(imported, image),
        each((v) => Math.max(v, 0)),
      ),
    ).toBeLessThan(1e-5)
  })

  test('activations', async () => {
    const activation = {
      module: 'mine',
      class_name: 'function',
      config: 'relu',
      registered_name: 'mine>relu',
    }
    const file = () => archive3([layer('Activation', [x], { activation })])
    expect(await refusal(file())).toMatch(/'mine>relu' is of your own making/)
    const half: LayerImporter = ({ input, ops }) => asSourceValue(ops.mul(input.value, 0.5))
    const imported = await importKerasArchive(await file(), { layers: { 'mine>relu': half } })
    expect(
      largestDifference(
        await logitsOf(imported, image),
        each((v) => v / 2),
      ),
    ).toBeLessThan(1e-5)
  })
})
