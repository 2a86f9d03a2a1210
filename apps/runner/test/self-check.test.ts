import { casePath, hasCases } from '@saliency/testing'
import { loadModel as importModel } from '@saliency/model-formats/node'
import { demoModelFolder } from '@saliency/zoo'
import { describe, expect, it } from 'vitest'
import { type SelfCheck, structureChecks } from '@saliency/study'
import { openEngine } from '@saliency/toolkit'
import { selfChecks } from '../../../packages/toolkit/src/self-check.ts'
import { saliency } from './project.ts'

const results = (found: readonly SelfCheck[]) =>
  Object.fromEntries(found.map(({ checked, result }) => [checked, result]))

const all = {
  outputs: 'holds',
  gradient: 'holds',
  completeness: 'holds',
  head: 'holds',
  'target layer of class activation maps': 'holds',
}

async function inspected(path: string): Promise<{ code: number; found: readonly SelfCheck[] }> {
  const { code, out } = await saliency(['inspect', path, '--verify', '--json'])
  return { code, found: (JSON.parse(out) as { selfChecks: SelfCheck[] }).selfChecks }
}

describe.skipIf(!hasCases)('the self-check of one file', () => {
  it.each([
    ['channels last', 'bugs', 'gradcam-channels-last-layer', 'nhwc', 'model.onnx'],
    ['one sigmoid', 'bugs', 'one-logit-class-sensitivity', 'model.onnx'],
    ['tokens and attention', 'models', 'attention-plain', 'dynamo-dynamic-batch.onnx'],
    ['tokens before images', 'bugs', 'onnx-fixed-batch-of-one', 'attention', 'model.onnx'],
    ['patches beside images', 'models', 'mobilevit-unfold', 'legacy-dynamic-batch.onnx'],
    ['bytes', 'bugs', 'inspect-verify-half-and-byte-input', 'byte', 'model.onnx'],
  ])('%s: everything holds', async (_, ...path) => {
    const { code, found } = await inspected(casePath(...path))
    expect(results(found)).toEqual(all)
    expect(code).toBe(0)
  })

  it('half precision: outputs agree within what it resolves', async () => {
    const { found } = await inspected(casePath('models', 'verify-input-types', 'fp16-input.onnx'))
    expect(results(found)).toMatchObject({ outputs: 'holds', completeness: 'holds' })
  })

  it('a Keras file has no runtime here, and the rest is checked all the same', async () => {
    const { code, found } = await inspected(
      casePath('models', 'keras3-optimizer-state', 'never-compiled.keras'),
    )
    expect(results(found)).toEqual({ ...all, outputs: 'not checked', gradient: 'not checked' })
    expect(found[0]?.detail).toContain('only Python can run')
    expect(code).toBe(0)
  })

  it('weights that are not those of the file are noticed, by outputs and by gradient', async () => {
    const path = casePath('bugs', 'gradcam-channels-last-layer', 'nhwc', 'model.onnx')
    const imported = await importModel(path)
    const weights = new Map(
      [...imported.weights].map(([name, value]) => [
        name,
        { ...value, data: Float32Array.from(value.data, (number) => -0.7 * number) },
      ]),
    )
    const found = await selfChecks({ ...imported, weights }, path, await openEngine())
    expect(results(found)).toMatchObject({ outputs: 'fails', gradient: 'fails', completeness: 'holds' })
  })
})

describe('what the structure says', () => {
  it('is there without running the model', async () => {
    const { model } = await importModel(demoModelFolder('residual'))
    expect(results(structureChecks(model))).toEqual({
      head: 'holds',
      'target layer of class activation maps': 'holds',
    })
  })
})
