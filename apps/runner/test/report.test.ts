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
  'Paired contrasts',
  'Verdicts',
  'Figures',
  'Maps',
  'Protocol',
  'Variants',
  'Methods paragraph and citation',
]

beforeAll(async () => {
  const { code } = await saliency([
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
  expect(code).toBe(0)
})

describe('the report', () => {
  it('is one file without scripts that needs nothing else', () => {
    const { document } = parseHTML(readFileSync(file, 'utf8'))
    expect(document.querySelectorAll('script, link, iframe')).toHaveLength(0)
    const sources = Array.from(document.querySelectorAll('img')).map(
      (image) => image.getAttribute('src') ?? '',
    )
    expect(sources.length).toBeGreaterThan(4 * 2 * 7)
    expect(sources.every((source) => source.startsWith('data:image/png;base64,'))).toBe(true)
  })

  it('says what was asked, what came out, and how', () => {
    const { document } = parseHTML(readFileSync(file, 'utf8'))
    expect(Array.from(document.querySelectorAll('h2')).map((heading) => heading.textContent)).toEqual(
      headings,
    )
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
    const figures = Array.from(document.querySelectorAll('figure svg'))
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
        expect(await page.locator('h2').allTextContents()).toEqual(headings)
        for (const svg of await page.locator('figure svg').all()) {
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
