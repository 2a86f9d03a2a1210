import { SaliencyError } from '@saliency/core'
import { encodeModel } from '@saliency/onnx-proto'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../src/index.ts'
import { around } from './onnx-around.ts'
import { compareOnnx, floats, integers, node, onnxModel, type OnnxParts } from './onnx-model.ts'

const conventions = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_half_pixel_for_nn',
]
/** The four ways to round to the nearest pixel, and no rounding. */
const roundings = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil', 'linear']

type Pair = readonly [rows: number, columns: number]

interface Target {
  readonly factors?: Pair
  readonly size: Pair
  /** A word for each convention, in it a mark for each rounding: `+` is imported, `-` refused. */
  readonly imported: string
}

/** Ways to enlarge and shrink 9×7. */
const targets: Record<string, Target> = {
  '×2, ×3': { factors: [2, 3], size: [18, 21], imported: '++--+ ++--+ ++--+ +---+ --+-+ --+--' },
  '×3, ×2': { factors: [3, 2], size: [27, 14], imported: '++--+ ++--+ ++--+ ++--+ --+-+ --+--' },
  '×1.5': { factors: [1.5, 1.5], size: [13, 10], imported: '++--- ++--+ ++--- +++-+ +++-+ --+--' },
  '×0.5': { factors: [0.5, 0.5], size: [4, 3], imported: '++++- +++-- ++++- ++--+ ++++- ++++-' },
  '×1.05, ×1': { factors: [1.05, 1], size: [9, 7], imported: '++-+- ++--- ++-+- +++++ ++-+- +-+--' },
  'to 15×21': { size: [15, 21], imported: '++--+ ++--+ ++--+ +---+ --+-+ --+--' },
  'to 1×11': { size: [1, 11], imported: '++--+ ++--+ ++--+ ++--+ --+-+ --+--' },
}

/** A model that resizes; `factors` are those of height and width. */
function parts({ factors, size }: Omit<Target, 'imported'>, attributes: object, opset = 13): OnnxParts {
  const given = factors ? floats('given', [4], [1, 1, ...factors]) : integers('given', [2, 4, ...size])
  const inputs = opset < 11 ? ['x', 'given'] : ['x', '', ...(factors ? ['given'] : ['', 'given'])]
  const operator = opset < 10 ? 'Upsample' : 'Resize'
  return around([node(operator, inputs, 'y', { ...attributes })], [given], 4 * size[0] * size[1], opset)
}

/** The message that an import is refused with, or undefined where it is not. */
async function refusal(model: OnnxParts): Promise<string | undefined> {
  try {
    await importOnnx(encodeModel(onnxModel(model)))
    return undefined
  } catch (error) {
    expect(SaliencyError.is(error, 'UNSUPPORTED_MODEL'), String(error)).toBe(true)
    return (error as Error).message
  }
}

/** `+` where a model is imported and gives what ONNX Runtime gives, `-` where it is refused by naming its attributes. */
async function mark(target: Target, convention: string, rounding: string): Promise<string> {
  const how = rounding === 'linear' ? { mode: rounding } : { mode: 'nearest', nearest_mode: rounding }
  const attributes = { ...how, coordinate_transformation_mode: convention }
  // half_pixel_symmetric came with operator set 19.
  const model = parts(target, attributes, convention === 'half_pixel_symmetric' ? 19 : 13)
  const message = await refusal(model)
  if (message === undefined) {
    expect((await compareOnnx(model)).difference, `${convention}, ${rounding}`).toBeLessThan(1e-4)
    return '+'
  }
  for (const value of Object.values(attributes)) expect(message).toContain(value)
  return '-'
}

describe('Resize reads the pixels that ONNX Runtime reads, or is refused', () => {
  test.each(Object.entries(targets))('%s', async (_, target) => {
    const found: string[] = []
    for (const convention of conventions) {
      let marks = ''
      for (const rounding of roundings) marks += await mark(target, convention, rounding)
      found.push(marks)
    }
    expect(found.join(' ')).toBe(target.imported)
  })

  test.each([
    ['nearest', 2, true],
    ['nearest', 0.5, true],
    ['nearest', 1.5, true],
    ['nearest', 0.45, false],
    ['nearest', 1.05, false],
    ['linear', 2, true],
    ['linear', 1.5, true],
    ['linear', 0.5, false],
    ['linear', 1.05, false],
  ] as const)('operator set 10, %s by %f', async (mode, factor, isImported) => {
    const size = [Math.floor(9 * factor), Math.floor(7 * factor)] as const
    const model = parts({ factors: [factor, factor], size }, { mode }, 10)
    const message = await refusal(model)
    if (isImported) expect((await compareOnnx(model)).difference).toBeLessThan(1e-4)
    else expect(message).toContain(`${mode} resizing from 9×7 to ${size.join('×')} by the factors`)
  })

  test('Upsample, linear by a factor that sizes do not have, is refused', async () => {
    const model = parts({ factors: [1.4375, 1], size: [12, 7] }, { mode: 'linear' }, 9)
    expect(await refusal(model)).toContain('from 9×7 to 12×7 by the factors 1.4375, 1')
  })

  test('a size that only floats round to a whole one', async () => {
    const attributes = { coordinate_transformation_mode: 'align_corners', mode: 'linear' }
    const nodes = [node('Resize', ['x', '', 'given'], 'r', attributes), node('GlobalAveragePool', ['r'], 'y')]
    // 9 · 5/3 = 15, but the float nearest to 5/3 lies below it.
    const model = around(nodes, [floats('given', [4], [1, 1, 5 / 3, 1])], 4)
    const { imported, difference } = await compareOnnx(model)
    expect(imported.model.layer('r').output.shape).toEqual(['n', 4, 15, 7])
    expect(difference).toBeLessThan(1e-4)
  })
})

test.each([
  [
    'an unknown convention',
    {},
    { coordinate_transformation_mode: 'tf_crop_and_resize' },
    'tf_crop_and_resize',
  ],
  ['an unknown rounding', {}, { nearest_mode: 'up' }, "nearest_mode 'up'"],
  ['an unknown mode', {}, { mode: 'lanczos' }, "mode 'lanczos'"],
  ['a kept aspect ratio', {}, { keep_aspect_ratio_policy: 'not_larger' }, "'not_larger'"],
  ['other channels', { channels: 8 }, {}, 'resizes the channels'],
  ['a huge side', { rows: 1e9 }, {}, 'a side of 1000000000'],
])(
  '%s is refused',
  async (_, { channels = 4, rows = 18 }: { channels?: number; rows?: number }, how, message) => {
    const sizes = integers('given', [2, channels, rows, 14])
    const model = around([node('Resize', ['x', '', '', 'given'], 'y', { ...how })], [sizes], 18 * 14 * 4, 18)
    expect(await refusal(model)).toContain(message)
  },
)
