import type { Method } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import attention from '@saliency/method-attention'
import baseline from '@saliency/method-baseline'
import fullgrad from '@saliency/method-fullgrad'
import gradcampp from '@saliency/method-gradcampp'
import guided from '@saliency/method-guided'
import lrp from '@saliency/method-lrp'
import rectgrad from '@saliency/method-rectgrad'
import { loadModel } from '@saliency/model-formats/node'
import checks, { classSensitivity, parameterRandomization } from '@saliency/sanity'
import { judgeStudy, memoryStore, openRun, planStudy, runStudy } from '@saliency/study'
import { demoModelFolder, shapeImages } from '@saliency/zoo'
import { expect, it } from 'vitest'
import { type OpenPage, openVerdict, showOnly } from '../open-page.ts'

const IMAGES = 32

/** Every quick variant takes minutes: on demand. The CAM family always runs. */
const isWhole = process.env['SALIENCY_WHOLE_VERDICT'] !== undefined

const all = [gradcampp, guided, lrp, attention, fullgrad, rectgrad, baseline].flat() as Method[]

/** What stands in a cell; no value where there is a dash. */
interface Shown {
  readonly outcome: string
  readonly value: number | undefined
}

function cellOf(text: string): Shown {
  const [outcome = '', numbers = ''] = text.split('\n')
  const [first = ''] = numbers.split(' ')
  return { outcome, value: first === '–' || first === '' ? undefined : Number(first.replace('−', '-')) }
}

/** The page shows two digits. */
const isSame = (one: Shown, other: Shown | undefined) =>
  one.outcome === other?.outcome &&
  (one.value === undefined || other.value === undefined
    ? one.value === other.value
    : Math.abs(one.value - other.value) < 0.011)

/** Outcome and value of every variant under both checks, from the native library. */
async function expectedVerdicts(): Promise<Map<string, Shown[]>> {
  const { preprocess, classes, ...loaded } = await loadModel(demoModelFolder('residual'))
  if (!preprocess) throw new Error('internal: the demo network has no preprocessing')
  const quick = all.filter((method) => method.kind !== 'sampling' && !method.whyNot?.(loaded.model))
  const chosen = isWhole ? quick : quick.slice(0, 1)
  const planned = await planStudy({
    model: { ...loaded, preprocess, ...(classes && { classes }) },
    images: shapeImages({ seed: 1001, count: IMAGES }),
    methods: chosen.map((method) => ({ method, options: {} })),
    known: all,
    checks: [
      { check: classSensitivity, options: { similarities: 'spearman' } },
      { check: parameterRandomization, options: { similarities: 'spearman', draws: 5, steps: 3 } },
    ],
    engine: await openOnnxRuntime(),
  })
  const store = memoryStore()
  await runStudy({ ...planned, store })
  const { summary } = await judgeStudy(await openRun(store), { checks })
  const verdicts = planned.record.identity.variants.map(({ id }): [string, Shown[]] => [
    id,
    summary.checks.map(({ findings }) => {
      const found = findings.find(({ kind, variant }) => kind === 'verdict' && variant === id)
      if (!found) return { outcome: '–', value: undefined }
      return { outcome: found.outcome ?? 'shown, not judged', value: found.value ?? undefined }
    }),
  ])
  return new Map(verdicts)
}

/** The page's verdicts are those of the native library. */
export function verdict(opened: () => OpenPage): void {
  it(
    'verdicts of the demo network are those of the native library, row by row',
    { timeout: 1_800_000 },
    async () => {
      const { page } = opened()
      // Grad-CAM and its relatives come first.
      if (!isWhole) await showOnly(page, 1)
      await openVerdict(page)
      await page.locator('.verdict select').selectOption(String(IMAGES))
      await page.getByRole('button', { name: 'Judge the methods shown' }).click()
      const expected = await expectedVerdicts()
      await page.locator('.verdict table').waitFor({ timeout: 1_500_000 })
      const rows = await page.locator('[data-row]').all()
      expect(rows).toHaveLength(expected.size)
      const different: object[] = []
      for (const row of rows) {
        const variant = (await row.getAttribute('data-row')) ?? ''
        const shown = (await row.locator('td').allInnerTexts()).map(cellOf)
        const wanted = expected.get(variant) ?? []
        expect(shown).toHaveLength(2)
        for (const [at, cell] of shown.entries())
          if (!isSame(cell, wanted[at])) different.push({ variant, at, cell, wanted: wanted[at] })
      }
      expect(different).toEqual([])
    },
  )
}
