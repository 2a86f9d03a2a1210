import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createRandom, type GroupMaps, type ImageGroup, type Row } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { compareConditions, prepareAll } from '../src/verdict/compare.ts'
import { planesOf } from '../src/verdict/planes.ts'
import { cellsOf, indexOf } from '../src/verdict/table.ts'
import { spearman } from '../src/similarity/spearman.ts'
import { contrastOf } from '../src/statistics/contrast.ts'
import { effectOf } from '../src/statistics/effect.ts'
import { judge } from '../src/statistics/verdict.ts'

const shared =
  process.env['SALIENCY_REFERENCE'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const folder = `${shared}/reference/cifar10-resnet20`
const present = existsSync(`${folder}/index.json`)

interface Index {
  readonly images: readonly string[]
  readonly maps: Readonly<Record<string, { shape: [number, number, number, number]; offset: number }>>
}

/** One-channel maps (signed sum) of ten CIFAR-10 images, computed in Python by captum, zennit and autograd. */
function loadReference() {
  const index = JSON.parse(readFileSync(`${folder}/index.json`, 'utf8')) as Index
  const bytes = readFileSync(`${folder}/maps.f32`)
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
  const images = index.images.map((id) => ({ id, input: new Float32Array(0) }))
  const group: ImageGroup = { index: 0, images, shape: [3, 32, 32] }
  const oneChannel = (name: string): GroupMaps => {
    const { shape, offset } = index.maps[name]!
    const [n, c, h, w] = shape
    const start = offset / 4
    const data = new Float32Array(n * h * w)
    for (let i = 0; i < n * c * h * w; i++) {
      const [image, pixel] = [Math.floor(i / (c * h * w)), i % (h * w)]
      data[image * h * w + pixel]! += all[start + i]!
    }
    return { data, shape: [n, 1, h, w], targets: [] }
  }
  return { group, oneChannel }
}

describe.skipIf(!present)(
  `class axis on the reference maps of ResNet-20 (${present ? 'present' : 'missing'})`,
  () => {
    const { group, oneChannel } = present ? loadReference() : { group: undefined!, oneChannel: undefined! }

    function rowsOf(name: string): Row[] {
      const prepare = (condition: string) =>
        prepareAll(spearman, planesOf(oneChannel(`${condition}/${name}`)))
      const base = { variant: name, condition: 'other', protocol: {} }
      return compareConditions({
        base,
        measure: spearman,
        group,
        from: prepare('label'),
        to: prepare('other'),
        partners: 9,
      })
    }

    function cells(name: string) {
      const rows = rowsOf(name)
      return cellsOf(rows, indexOf(rows), false)
    }

    test.each([
      ['guided-backprop', 'gradient', 0.06],
      ['rectgrad-q80', 'rectgrad-abs-q80', 0.08],
      ['fullgrad', 'fullgrad-raw', 0.21],
      ['gradcam-plus-pixel', 'gradcam-no-final-relu', 0.27],
      ['deconvnet', 'gradient', 0.29],
    ])('retained dependence of %s against %s is %d', (variant, counterpart, expected) => {
      const contrast = contrastOf(cells(variant), cells(counterpart), createRandom('reference', variant))
      expect(Math.abs(contrast.retained!.value - expected)).toBeLessThan(0.006)
      expect(contrast.p).toBeLessThan(0.01)
    })

    test.each([
      ['deconvnet', 0.72, 0.73],
      ['gradcam-plusplus-official', 0.75, 0.67],
    ])('%s: s %d, c %d', (name, same, chance) => {
      const effect = effectOf(cells(name))
      expect(Math.abs(effect.same!.value - same)).toBeLessThan(0.01)
      expect(Math.abs(effect.chance!.value - chance)).toBeLessThan(0.01)
    })

    test.each([
      ['gradient', 'depends'],
      ['guided-backprop', 'does not depend'],
      ['deconvnet', 'static'],
    ])('%s: %s', (name, outcome) => {
      const verdict = judge(effectOf(cells(name)))
      expect(verdict.outcome).toBe(outcome)
      expect(verdict.notes).toContain('preliminary')
    })
  },
)
