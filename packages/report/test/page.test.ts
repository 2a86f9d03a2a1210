import { parseHTML } from 'linkedom'
import { expect, it } from 'vitest'
import { galleryImages, reportPage, type ReportRequest } from '../src/index.ts'
import { found, judgedImages, maps, picture, record, summary } from './study.ts'

const chosen = galleryImages(record, judgedImages, summary)
const columns = ['cat', 'dog'].map((name) => ({ name, maps }))
const images = chosen.map((image) => ({ ...image, picture, columns }))

async function page(request: Partial<ReportRequest> = {}): Promise<Document> {
  return parseHTML(await reportPage({ record, summary, images, ...request })).document
}

const textOf = (node: { textContent: string | null } | null) => (node?.textContent ?? '').replace(/\s+/g, ' ')

it('needs no file and no connection, and has one script: its own', async () => {
  const document = await page()
  expect(document.querySelectorAll('link, iframe, [src^=http], script[src]').length).toBe(0)
  expect(document.querySelectorAll('script').length).toBe(1)
  const sourcesIn = (part: string) =>
    Array.from(document.querySelectorAll(`${part} img`)).map((image) => image.getAttribute('src') ?? '')
  // Four images: a picture and two columns of two variants for each; on a variant's page the picture and two columns.
  expect(sourcesIn('#maps')).toHaveLength(4 * (1 + 2 * 2))
  expect(sourcesIn('.pages')).toHaveLength(2 * 4 * (1 + 2))
  expect(sourcesIn('body').every((source) => source.startsWith('data:image/webp;base64,'))).toBe(true)
})

it('can be read without its script: nothing but folds hides anything, and each link leads to a part of the page', async () => {
  const document = await page()
  expect(document.querySelectorAll('[hidden]').length).toBe(0)
  const links = Array.from(document.querySelectorAll('a')).map((a) => a.getAttribute('href') ?? '')
  expect(links.filter((href) => href.startsWith('#variant')).length).toBeGreaterThan(4)
  for (const href of links) {
    const id = decodeURIComponent(href.slice(1))
    expect(document.getElementById(id)?.id).toBe(id)
  }
})

it('has a page for each variant: maps, curves, findings and card', async () => {
  const pages = Array.from((await page()).querySelectorAll('.pages > article'))
  expect(pages.map(({ id }) => id)).toEqual(['variant/guided/gradient', 'variant/guided/guided'])
  const [, guided] = pages
  expect(Array.from(guided!.querySelectorAll(':scope > h3')).map(textOf)).toEqual(['Maps', 'Findings'])
  expect(textOf(guided!.querySelector('table'))).toContain('retained dependence beside guided/gradient .25')
  expect(textOf(guided!.querySelector('.card'))).toContain('Input Sensitivity')
})

it('folds families of many variants, and draws their panels apart', async () => {
  const { variants } = record.identity
  const many = Array.from({ length: 7 }, (_, at) =>
    variants.map((one) => ({ ...one, id: `${one.id}-${at}`, method: `m${at}`, title: `Method ${at}` })),
  ).flat()
  const [check] = summary.checks
  const points = [{ x: 0, label: 'all', y: 0.5 }]
  const lines = many.map(({ id }) => ({ panel: id, name: 's', points }))
  const curve = { kind: 'curve', title: 'Steps', caption: 'Along.', x: 'step', lines } as const
  const [verdict] = check!.findings
  const findings = many.map(({ id }) => ({ ...verdict!, variant: id }))
  const document = await page({
    record: { ...record, identity: { ...record.identity, variants: many } },
    summary: { ...summary, checks: [{ ...check!, findings, figures: [curve] }] },
  })
  const folds = Array.from(document.querySelectorAll('#verdicts details > summary')).map(textOf)
  expect(folds).toHaveLength(7)
  expect(folds[0]).toMatch(/^ ?Method 0: 2 depends ?$/)
  expect(document.querySelectorAll('#figures details').length).toBe(7)
  expect(document.querySelectorAll('.pages > article')[13]?.querySelectorAll('svg').length).toBe(1)
  expect(document.querySelectorAll('#all-variants tbody tr').length).toBe(14)
})

it('says what to do about accuracy only where the model errs', async () => {
  const said = async (right: number) =>
    textOf((await page({ summary: { ...summary, accuracy: { right, labelled: 8 } } })).querySelector('body'))
  expect(await said(8)).toContain('right on 8 of 8 images with a label (100.0 %).')
  expect(await said(8)).not.toContain('less than expected')
  expect(await said(7)).toContain('right on 7 of 8 images with a label (87.5 %). Where that is less than')
})

it('answers in words, for each handling of the sign', async () => {
  const text = textOf((await page()).querySelector('.answer'))
  expect(text).toContain('Do the maps change with the class?')
  expect(text).toContain(
    'Positive, negative or absolute handling: 0 of 1 depend on it; 1 do not (guided/guided).',
  )
  expect(text).toContain('Signed handling: 1 of 1 depend on it (guided/gradient); 0 do not.')
  expect(text).toContain('keeps a median of .25 of the dependence')
})

it('draws the contrasts and every figure that a check declares', async () => {
  const document = await page()
  const figures = Array.from(document.querySelectorAll('section figure svg'))
  expect(figures.map((figure) => figure.getAttribute('aria-label')).slice(1)).toEqual([
    'Lines',
    'Values',
    'Shades',
  ])
  expect(figures[0]?.querySelectorAll('circle')).toHaveLength(1)
  // A matrix leaves empty what it has no value for.
  expect(figures[3]?.querySelectorAll('rect')).toHaveLength(3)
  expect(textOf(figures[3] ?? null)).toContain('0.25')
})

it('shows the images from where maps change most to where they change least', async () => {
  const heads = (await page()).querySelectorAll('#maps summary')
  expect(Array.from(heads).map((head) => textOf(head).trim())).toEqual([
    'fox.png changes most with the class',
    'dog.png changes much',
    'cat.png changes little',
    'ant.png changes least with the class',
  ])
})

it('goes without what is not there: a picture, a map, all maps', async () => {
  const [first] = images
  const { picture: _, ...bare } = first!
  const one = { name: 'cat', maps: new Map([...maps].slice(0, 1)) }
  const document = await page({ images: [{ ...bare, columns: [one, { name: 'dog', maps }] }] })
  expect(document.querySelectorAll('#maps img').length).toBe(3)
  expect(textOf((await page({ images: [] })).body)).toContain('holds no maps to show')
})

it('says what is missing, and no more than forty times', async () => {
  const skipped = Array.from({ length: 41 }, (_, at) => ({ id: `${at}.png`, reason: 'it is no image' }))
  const failures = { units: [{ unit: 'u1', reason: 'out of memory' }], images: [] }
  const many = (await page({ record: { ...record, skipped } })).querySelector('.warning')
  expect(many?.querySelectorAll('li')).toHaveLength(40)
  expect(textOf(many)).toContain('Image 0.png is left out of every verdict: it is no image')
  expect(textOf(many)).toContain('… and 1 more.')
  expect(textOf((await page({ failures })).querySelector('.warning'))).toContain(
    'Unit u1 failed: out of memory',
  )
  expect((await page()).querySelector('.warning')).toBeNull()
})

it('takes names of any kind as text', async () => {
  const model = { name: '<script>alert("a & b")</script>', sha256: '00' }
  const document = await page({ record: { ...record, identity: { ...record.identity, model } } })
  expect(document.querySelectorAll('script').length).toBe(1)
  expect(textOf(document.querySelector('.meta'))).toContain('<script>alert("a & b")</script>')
})

it('says with which threshold it was judged anew', async () => {
  expect(textOf((await page({ threshold: 0.3 })).body)).toContain('Judged anew with the threshold 0.3.')
})

it('lists methods with their sources once, and variants below them', async () => {
  const table = (await page()).querySelector('table.variants')
  const heads = Array.from(table?.querySelectorAll('th[scope=rowgroup]') ?? []).map(textOf)
  expect(heads.map((text) => text.trim())).toEqual(['Guided backpropagation @saliency/method-guided 1.0.0'])
  expect(table?.querySelectorAll('th[scope=row]')).toHaveLength(2)
})

it('has no heading above nothing: a check that judges nothing, and draws nothing', async () => {
  const [check] = summary.checks
  const measured = { ...found, variant: 'guided/guided', value: 0.5 }
  const document = await page({
    summary: { ...summary, checks: [{ ...check!, findings: [measured], figures: [] }] },
  })
  const headings = Array.from(document.querySelectorAll('section > h2')).map(textOf)
  expect(headings).toEqual([
    'Question and answer',
    'Maps',
    'Other measurements, shown and not judged',
    'Protocol',
    'Variants',
    'Methods paragraph and citation',
  ])
})

it('says of columns only what is there', async () => {
  const captionOf = (document: Document) => textOf(document.querySelector('#maps .caption'))
  expect(captionOf(await page())).toContain('look the same for different classes')
  const single = images.map((image) => ({ ...image, note: '', columns: image.columns.slice(0, 1) }))
  expect(captionOf(await page({ images: single }))).not.toMatch(/different classes|chosen/)
})
