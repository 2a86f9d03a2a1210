import sanity from '@saliency/sanity'
import { expect, it } from 'vitest'
import { accuracyOf, judgeStudy, memoryStore, openRun, runStudy } from '../src/index.ts'
import { checks, smallStudy } from './small-study.ts'

it('a run knows how often the model is right, without the images', { timeout: 120_000 }, async () => {
  const planned = await smallStudy({
    limit: 9,
    checks: checks({ 'class-sensitivity': { similarities: 'spearman' } }),
  })
  const store = memoryStore()
  await runStudy({ ...planned, store })
  const run = await openRun(store)
  const { summary } = await judgeStudy(run, { checks: sanity })
  expect(summary.accuracy).toEqual({ right: 9, labelled: 9 })

  // Every image gets the next image's label.
  const { images } = run.record
  const moved = images.map(({ id }, at) => ({ id, label: images[(at + 1) % images.length]!.label! }))
  const same = moved.filter(({ label }, at) => label === images[at]!.label).length
  const wrong = { ...run, record: { ...run.record, images: moved } }
  expect(await accuracyOf(wrong)).toEqual({ right: same, labelled: 9 })

  // Of an image that shows several things, any of them is right.
  const several = moved.map((image, at) => ({ ...image, labels: [image.label, images[at]!.label!] }))
  const shown = { ...run, record: { ...run.record, images: several } }
  expect(await accuracyOf(shown)).toEqual({ right: 9, labelled: 9 })

  // An image that was lost counts for nothing, nor does one without a label.
  const lost = new Map([[images[0]!.id, 'gone']])
  expect(await accuracyOf({ ...run, lost })).toEqual({ right: 8, labelled: 8 })
  const unnamed = images.map(({ id }) => ({ id }))
  expect(await accuracyOf({ ...run, record: { ...run.record, images: unnamed } })).toBeUndefined()
  for (const id of await store.list('maps')) await store.remove('maps', id)
  expect(await accuracyOf(run)).toBeUndefined()
})
