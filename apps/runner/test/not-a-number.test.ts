import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { casePath, hasCases } from '@saliency/testing'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { saliency, temporaryFolder } from './project.ts'

describe.skipIf(!hasCases)('a model whose logits are not numbers', () => {
  const folder = temporaryFolder()
  const image = join(folder, 'image.png')
  const model = () => casePath('bad-inputs', 'nan-weights', 'model.onnx')

  it('is refused by explain and by run, with the first layer that returns such a number', async () => {
    const noise = { width: 8, height: 8, channels: 3, background: { r: 200, g: 60, b: 10 } } as const
    writeFileSync(image, await sharp({ create: noise }).png().toBuffer())
    const explained = await saliency(['explain', image, '--model', model(), '--method', 'guided'])
    expect(explained.code).not.toBe(0)
    expect(explained.error).toMatch(
      /returns NaN for an image. The first layer whose output is not finite is '\w+'/,
    )
    expect(explained.out).not.toContain('NaN %')
    const args = ['--method', 'guided/gradient', '--check', 'class-sensitivity', '-o', join(folder, 'run')]
    const run = await saliency(['run', '--model', model(), '--images', folder, ...args])
    expect(run.code).not.toBe(0)
    expect(run.error).toMatch(/The first layer whose output is not finite/)
  })
})
