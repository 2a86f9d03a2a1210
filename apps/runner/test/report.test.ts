import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseHTML } from 'linkedom'
import { chromium } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { saliency, temporaryFolder } from './project.ts'

const folder = temporaryFolder()
const file = join(folder, 'report.html')
const browser = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
const headings = [
  'Question and answer',
  'All variants',
  'Paired contrasts',
  'Verdicts',
  'Figures',
  'Maps',
  'Protocol',
  'Variants',
  'Methods paragraph and citation',
]

beforeAll(async () => {
  const { code, error } = await saliency([
    'run',
    '--preset',
    'demo',
    '--limit',
    '12',
    '--method',
    'guided',
    '--method',
    'baseline',
    '--out',
    folder,
  ])
  expect(code, error).toBe(0)
})

describe('the report', () => {
  it('is one file that needs nothing else', () => {
    const { document } = parseHTML(readFileSync(file, 'utf8'))
    expect(document.querySelectorAll('script[src], link, iframe').length).toBe(0)
    const sources = Array.from(document.querySelectorAll('img')).map(
      (image) => image.getAttribute('src') ?? '',
    )
    expect(sources.length).toBeGreaterThan(4 * 2 * 7)
    expect(sources.every((source) => source.startsWith('data:image/webp;base64,'))).toBe(true)
  })

  it('says what was asked, what came out, and how', () => {
    const { document } = parseHTML(readFileSync(file, 'utf8'))
    expect(
      Array.from(document.querySelectorAll('section > h2')).map((heading) => heading.textContent),
    ).toEqual(headings)
    const text = document.body.textContent ?? ''
    for (const part of [
      'guided/guided',
      'does not depend',
      'preliminary',
      'onnxruntime',
      'with Saliency',
      '@software{saliency',
    ]) {
      expect(text).toContain(part)
    }
  })

  it('draws its figures into the page', () => {
    const { document } = parseHTML(readFileSync(file, 'utf8'))
    const figures = Array.from(document.querySelectorAll('section figure svg'))
    expect(figures.length).toBe(3)
    // One dot and one interval for deconvnet and guided on both axes.
    expect(figures[0]?.querySelectorAll('circle')).toHaveLength(4)
    expect(figures[1]?.querySelectorAll('path').length).toBeGreaterThan(14)
    // A line for each of the eight blocks, and one for the logits.
    expect(figures[2]?.querySelectorAll('g[aria-label=line] path').length).toBe(9)
  })

  it.skipIf(browser === undefined)(
    `opens in a browser without complaint (${browser ?? 'skipped: no Chromium here'})`,
    async () => {
      const instance = await chromium.launch({ executablePath: browser as string, args: ['--no-sandbox'] })
      try {
        const page = await instance.newPage({ javaScriptEnabled: true })
        const complaints: string[] = []
        page.on('console', (message) => void complaints.push(message.text()))
        page.on('pageerror', (error) => void complaints.push(error.message))
        page.on('requestfailed', (request) => void complaints.push(request.url()))
        await page.goto(pathToFileURL(file).href)
        expect(await page.locator('section > h2').allTextContents()).toEqual(headings)
        for (const svg of await page.locator('section figure svg').all()) {
          const box = await svg.boundingBox()
          expect(box?.width).toBeGreaterThan(300)
          expect(box?.height).toBeGreaterThan(80)
        }
        const broken = await page
          .locator('img')
          .evaluateAll(
            (images) => images.filter((image) => (image as HTMLImageElement).naturalWidth === 0).length,
          )
        expect(broken).toBe(0)
        expect(complaints).toEqual([])
      } finally {
        await instance.close()
      }
    },
  )
})

describe('what follows from a run', () => {
  const again = ['run', '--preset', 'demo', '--limit', '12', '--method', 'guided', '--method', 'baseline']

  it('recommend: what can be used, what cannot, and why', async () => {
    const { code, out } = await saliency(['recommend', folder, '--json'])
    expect(code).toBe(0)
    const { advice, model } = JSON.parse(out)
    expect(model).toBe('residual')
    const guided = advice.find(({ variant }: { variant: string }) => variant === 'guided/guided')
    expect(guided).toMatchObject({ use: 'no' })
    expect(guided.reasons.join(' ')).toContain('It does not depend on')
    expect(advice.some(({ variant }: { variant: string }) => variant === 'baseline/edges')).toBe(false)
    const { out: text } = await saliency(['recommend', folder])
    expect(text).toContain('Cannot be used on this model:')
  })

  it('--require with an unknown word is refused before anything is computed, by a dry run, too', async () => {
    const wrong = ['--dry-run', '--require', 'guided/guided: class=dependz']
    const { code, error } = await saliency([...again, '--out', folder, ...wrong])
    expect(code).toBe(2)
    expect(error).toContain("the axis 'class' has no outcome 'dependz'. Did you mean 'depends'?")
  })

  it('--require ends with 3 and one line where the study finds another outcome, and writes JUnit XML', async () => {
    const xml = join(folder, 'junit.xml')
    const required = 'guided/guided: class=depends'
    const { code, error } = await saliency([...again, '--out', folder, '--require', required, '--junit', xml])
    expect(code).toBe(3)
    expect(error).toMatch(/--require is not met: guided\/guided: class is '.*', not 'depends'\./)
    expect(parseHTML(readFileSync(xml, 'utf8')).document.querySelectorAll('failure')).toHaveLength(1)
    const met = ['--require', 'baseline/edges: class=static', '--require', 'baseline/random: class=depends']
    const expected = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as {
      checks: { id: string; findings: { variant: string; kind?: string; outcome?: string }[] }[]
    }
    const outcome = expected.checks[0]!.findings.find(({ variant }) => variant === 'baseline/edges')!.outcome!
    met[1] = `baseline/edges: class=${outcome}`
    expect((await saliency([...again, '--out', folder, ...met.slice(0, 2)])).code).toBe(0)
  })

  it('--require with an unknown word is refused before anything is computed', async () => {
    const { code, error } = await saliency([
      ...again,
      '--out',
      join(folder, 'never'),
      '--require',
      'guided/guidde: class=depends',
    ])
    expect(code).toBe(2)
    expect(error).toContain("Did you mean 'guided/guided'?")
    expect(existsSync(join(folder, 'never'))).toBe(false)
  })

  it('compare: a run and itself differ in nothing; card: the ten attributes', async () => {
    const { code, out } = await saliency(['compare', folder, folder, '--out', folder])
    expect(code).toBe(0)
    expect(out).toMatch(/^0 of \d+ verdicts changed\./)
    expect(readFileSync(join(folder, 'comparison.html'), 'utf8')).toContain('have the same model')
    const card = await saliency(['card', 'guided/guided', '--run', folder])
    expect(card.out).toContain('🟥 **Cascading Model Parameter Randomization**: does not depend')
    expect((await saliency(['card', 'guided/none', '--run', folder])).error).toContain(
      "no variant 'guided/none'",
    )
  })
})
