import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { graftModel, graftWeights, type Pattern, tensor, withPattern } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { loadModel } from '../src/node.ts'
import { gradientOf, logitsOf, relativeDistance } from './reference.ts'

/** What torch computes with a network; `tools/corpus/gate.py` writes it. */
interface Expected {
  readonly logits: readonly number[]
  /** The largest logit's slope at every 97th place of the image, by central differences in double precision. */
  readonly gradient: readonly number[]
}

const SIZE = 32
const EVERY = 97

/** The default target layers, as a specialist would choose them, with rows and columns. */
const targets: Readonly<Record<string, string>> = {
  'beit.dynamo-fixed': 'beit.layers.1.layernorm_before 4 × 4',
  'convnextv2.dynamo-dynamic': 'convnextv2.encoder.stages.2.layers.0.Add 2 × 2',
  'deit-distilled.dynamo-fixed': 'deit.layers.1.layernorm_before 4 × 4',
  'densenet.dynamo-dynamic': 'Relu 2 × 2',
  'dinov2-registers.dynamo-dynamic': 'dinov2_with_registers.layernorm 4 × 4',
  'efficientnet.legacy-fixed': 'features.3.2 8 × 8',
  'maxvit.dynamo-fixed': 'blocks.0.layers.1.layers.grid_attention.departition_op.Reshape_1 8 × 8',
  'mixer.dynamo-dynamic': 'norm 4 × 4',
  // The last stage of this size has a single place.
  'poolformer.dynamo-fixed': 'poolformer.encoder.block.2.0.Add_1 2 × 2',
  'pvt.dynamo-dynamic': 'pvt.encoder.block.1.0.layer_norm_1 4 × 4',
  'regnet.legacy-fixed': 'regnet.encoder.stages.1.layers.0.activation 4 × 4',
  'resnet.legacy-dynamic': 'resnet.encoder.stages.1.layers.0.activation 4 × 4',
  'siglip.legacy-dynamic': 'vision_model.post_layernorm 4 × 4',
  'swin.dynamo-fixed': 'swin.layernorm 4 × 4',
  'vit.dynamo-dynamic': 'vit.layers.1.layernorm_before 4 × 4',
  'xcit.legacy-dynamic': 'cls_attn_blocks.0.norm1 4 × 4',
}

const folder = fileURLToPath(new URL('architectures/', import.meta.url))
const networks = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')) as Record<string, Expected>

/** The image of gate.py, and another behind it that must change nothing. */
const image = Float32Array.from({ length: 3 * SIZE * SIZE }, (_, index) => Math.sin(0.7 * index))
const pair = tensor(Float32Array.of(...image, ...image.map((value) => 0.5 - value)), [2, 3, SIZE, SIZE])

const pattern: Pattern = { size: 4, low: [-1, -2, 0], high: [2, 1, 1] }
const shape = [3, SIZE, SIZE] as const
const patterned = withPattern(image, shape, pattern, 'image')
const patternedPair = tensor(Float32Array.of(...patterned, ...image), [2, ...shape])

/** Networks with an attention that takes one more head: over all tokens in one window, and not of a class token alone. */
const attending = ['beit', 'deit-distilled', 'dinov2-registers', 'pvt', 'siglip', 'swin', 'vit']

describe.each(Object.entries(networks))('%s', (name, { logits, gradient }) => {
  const loaded = loadModel(`${folder}${name}.onnx`)

  test('a term that only a pattern gives can be grafted onto it, where its maps and its attention see it', async () => {
    const imported = await loaded
    const model = graftModel(imported.model, pattern.size)
    const weights = graftWeights(imported, pattern, 1, 5)
    const classes = logits.length
    const before = await logitsOf(imported, patternedPair)
    const after = await logitsOf({ ...imported, model, weights }, patternedPair)
    const term = Array.from(before, (_, index) => (index === 1 ? 5 : 0))
    expect(
      relativeDistance(
        after.map((value, at) => value - before[at]!),
        term,
      ),
    ).toBeLessThan(1e-4)
    expect(before).toHaveLength(2 * classes)
    const { layer } = model.target
    expect(layer?.name).toBe('graft')
    expect(layer?.maps?.shape.slice(2)).toEqual(imported.model.target.layer?.maps?.shape.slice(2))
    expect(model.attentions).toHaveLength(imported.model.attentions.length)
    expect(model.layers.some((one) => one.name === 'graft.head')).toBe(
      attending.includes(name.split('.')[0]!),
    )
  })

  test('logits and gradient are torch’s, beside another image too; the target layer has places', async () => {
    const imported = await loaded
    const own = (await logitsOf(imported, pair)).subarray(0, logits.length)
    expect(relativeDistance(own, logits)).toBeLessThan(1e-4)
    const best = logits.indexOf(Math.max(...logits))
    const whole = (await gradientOf(imported, pair, best)).subarray(0, image.length)
    const sampled = gradient.map((_, place) => whole[place * EVERY] as number)
    expect(relativeDistance(sampled, gradient)).toBeLessThan(1e-4)
    const { layer } = imported.model.target
    expect(`${layer?.name} ${layer?.maps?.shape.slice(2).join(' × ')}`).toBe(targets[name])
  })
})
