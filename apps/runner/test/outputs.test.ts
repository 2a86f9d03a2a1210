import { readFileSync } from 'node:fs'
import { caseArray, casePath, hasCases, mapError } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { explain, loadModel } from '@saliency/toolkit'
import { saliency } from './project.ts'

describe.skipIf(!hasCases)('a model with several outputs', () => {
  // The older exporter names outputs by number.
  const files = [
    ['legacy', '8'],
    ['legacy-dynamic-batch', '8'],
    ['dynamo', 'linear'],
    ['dynamo-dynamic-batch', 'linear'],
  ] as const
  it.each(files)('is explained at the one that is named (%s: %s)', async (file, output) => {
    const at = (name: string) => ['models', 'two-outputs', name]
    const { class: target } = JSON.parse(readFileSync(casePath(...at('expected.json')), 'utf8'))
    const model = await loadModel(casePath(...at(`${file}.onnx`)), { output })
    const image = caseArray(...at('image-nchw.npy'))
    const [map] = await explain(model, image, { method: 'guided/gradient', target })
    const wanted = caseArray(...at('gradient.npy'))
    expect(mapError({ ...wanted, data: map?.data as Float32Array }, wanted).relativeL2[0]).toBeLessThan(1e-4)
  })

  it('is refused where none is named, with the ways to name one', async () => {
    const { code, error } = await saliency(['inspect', casePath('models', 'two-outputs', 'dynamo.onnx')])
    expect(code).toBe(2)
    expect(error).toMatch(/several outputs.*--output.*linear \[n, 5\]; mean \[n, 8\]/)
  })

  it('is inspected, and checked against its runtime, at the one that is named', async () => {
    const file = casePath('models', 'two-outputs', 'dynamo.onnx')
    const { code, out } = await saliency(['inspect', file, '--output', 'mean', '--verify'])
    expect(code).toBe(0)
    expect(out).toMatch(/n × 8 \(logits\)/)
    expect((await saliency(['inspect', file, '--output', 'liner'])).error).toMatch(
      /no output 'liner'\. Did you mean 'linear'/,
    )
  })

  it('needs no choice where only one holds scores', async () => {
    const model = await loadModel(
      casePath('bugs', 'several-outputs-no-way-to-choose', 'argmax', 'model.onnx'),
    )
    expect(model.model.logits.shape).toEqual(['n', 5])
  })
})
