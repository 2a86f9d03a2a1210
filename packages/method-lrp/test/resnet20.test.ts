import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LoadedModel, resolveVariant, type Session, tensor, trace } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { importLayersModel } from '@saliency/model-formats'
import { beforeAll, describe, expect, test } from 'vitest'
import lrp from '../src/index.ts'
import {
  deviations,
  hasReference,
  high,
  loadReference,
  low,
  modelFolder,
  type Reference,
} from './reference.ts'

const loaders: Record<string, () => Promise<LoadedModel>> = {
  'model.json': async () =>
    importLayersModel(JSON.parse(await readFile(join(modelFolder, 'model.json'), 'utf8')) as unknown, {
      read: async (name) => new Uint8Array(await readFile(join(modelFolder, name))),
    }),
}

/** The reference's maps, each with our variant; all of them start from the logit. */
const maps = [
  ['lrp-epsilon-1e-6', 'epsilon', {}],
  ['lrp-epsilon-plus', 'epsilon-plus', {}],
  ['lrp-epsilon-alpha2-beta1', 'epsilon-alpha2-beta1', {}],
  ['lrp-epsilon-plus-flat', 'epsilon-plus-flat', {}],
  ['lrp-epsilon-gamma-box', 'epsilon-gamma-box', { low, high }],
] as const

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number

/** Prints the table with `LRP_PARITY=1 npx vitest run packages/method-lrp/test/resnet20`. */
const report = (line: string) => process.env['LRP_PARITY'] && process.stdout.write(`${line}\n`)

describe.skipIf(!hasReference)(`Zennit's maps of ResNet-20 (${hasReference ? 'present' : 'missing'})`, () => {
  let reference: Reference
  beforeAll(async () => {
    reference = await loadReference()
  })

  describe.each(Object.entries(loaders))('%s', (file, load) => {
    let session: Session
    beforeAll(async () => {
      const { model, weights } = await load()
      const variants = maps.map(([, variant, options]) =>
        resolveVariant(lrp, variant, { ...options, seed: 'logit' }),
      )
      const { traced, failures } = trace({ model, variants })
      expect(failures).toEqual([])
      const outputs = Object.fromEntries(traced.map(({ map }, index) => [maps[index]?.[0] as string, map]))
      session = await (await openOnnxRuntime()).open({ outputs }, weights)
    })

    test.each(['label', 'other'] as const)('for the target %s', async (target) => {
      const { images, targets } = reference
      const seed = tensor(new Float32Array(100), [10, 10])
      for (const [image, index] of targets[target].entries()) seed.data[image * 10 + index] = 1
      const results = await session.run({ image: images, seed })
      for (const [name] of maps) {
        if (file.endsWith('onnx') && name === 'lrp-epsilon-alpha2-beta1') continue
        const found = deviations(results[name]?.data as Float32Array, reference.map(`${target}/${name}`), 10)
        const largest = Math.max(...found.map(({ l2 }) => l2))
        const middle = median(found.map(({ l2 }) => l2))
        const within = found.reduce((sum, each) => sum + each.within, 0) / found.length
        report(
          `${file} ${target}/${name}: largest ${largest.toExponential(1)}, median ${middle.toExponential(1)}, ${(100 * within).toFixed(2)} % within 1e-4`,
        )
        expect(largest, name).toBeLessThan(2e-2)
        expect(within, name).toBeGreaterThan(name === 'lrp-epsilon-1e-6' ? 0.96 : 0.99)
        if (name !== 'lrp-epsilon-1e-6') expect(middle, name).toBeLessThan(1e-4)
      }
    })
  })
})
