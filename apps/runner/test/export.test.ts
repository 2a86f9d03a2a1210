import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { explain, loadModel } from '@saliency/toolkit'
import { saliency, temporaryFolder } from './project.ts'

describe('saliency export', () => {
  it('writes model and method as one file that ONNX Runtime alone runs', async () => {
    const file = join(temporaryFolder(), 'guided.onnx')
    const { code, out } = await saliency([
      'export',
      'residual',
      '--method',
      'guided/guided',
      '--method',
      'gradcampp/gradcam',
      '-o',
      file,
    ])
    expect(code).toBe(0)
    expect(out).toContain('direction')
    const data = Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => Math.sin(i))
    const direction = Float32Array.from({ length: 8 }, (_, i) => (i === 2 ? 1 : 0))
    const session = await InferenceSession.create(file)
    const result = await session.run({
      image: new Tensor('float32', data, [1, 3, 64, 64]),
      direction: new Tensor('float32', direction, [1, 8]),
    })
    const maps = await explain(
      await loadModel('residual'),
      { data, shape: [3, 64, 64] },
      { method: ['guided/guided', 'gradcampp/gradcam'], target: 2 },
    )
    for (const { id, data: expected, shape } of maps) {
      expect(result[id]?.dims).toEqual(shape)
      const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
      const values = result[id]?.data as Float32Array
      const difference = values.reduce(
        (worst, value, i) => Math.max(worst, Math.abs(value - (expected[i] as number))),
        0,
      )
      expect(difference).toBeLessThanOrEqual(1e-4 * largest)
    }
    expect(result['logits']?.dims).toEqual([1, 8])
  })

  it('names the inputs that the file really has', async () => {
    const folder = temporaryFolder()
    for (const method of ['baseline/edges', 'baseline/random', 'guided/guided']) {
      const file = join(folder, `${method.replace('/', '-')}.onnx`)
      const { out } = await saliency(['export', 'residual', '--method', method, '-o', file])
      const { inputNames } = await InferenceSession.create(file)
      const [, said = ''] = /inputs (.*); outputs/.exec(out) ?? []
      expect(
        said
          .split(/ \[[^\]]*\] \([^)]*\)(?:, )?/)
          .filter((name) => name !== '')
          .toSorted(),
      ).toEqual([...inputNames].toSorted())
    }
  })

  it('refuses what is no single graph, and says by exit code 1 that a part is missing', async () => {
    const file = join(temporaryFolder(), 'maps.onnx')
    const none = await saliency(['export', 'residual', '--method', 'smoothgrad', '-o', file])
    expect([none.code, none.error]).toEqual([2, expect.stringContaining('Nothing to export')])
    expect(existsSync(file)).toBe(false)
    const some = [
      'export',
      'residual',
      '--method',
      'smoothgrad/gradient',
      '--method',
      'guided/gradient',
      '-o',
      file,
    ]
    expect((await saliency(some)).code).toBe(1)
    expect(existsSync(file)).toBe(true)
  })
})

describe('saliency inspect', () => {
  it('tells what a model is and what can explain it', async () => {
    const { code, out } = await saliency(['inspect', 'residual', '--json'])
    expect(code).toBe(0)
    const info = JSON.parse(out) as {
      input: unknown
      head: string
      parameters: number
      targetLayers: unknown[]
      defaultTargetLayer: string
      untreated: unknown[]
    }
    expect(info).toMatchObject({ input: ['n', 3, 64, 64], head: 'softmax', untreated: [] })
    expect(info.parameters).toBeGreaterThan(100_000)
    const text = await saliency(['inspect', 'residual'])
    expect(text.out).toContain('target layer')
  })
})
