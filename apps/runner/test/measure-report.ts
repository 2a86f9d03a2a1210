// How large a run's report is, and how long Chromium takes to load it: `npm run measure:report -- RUN …`. Quiet machine, two cores.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser } from 'playwright-core'

const LIMITS = { megabytes: 10, seconds: 2 }
const ROUNDS = 5

/** Seconds: until the page's load event, until a frame is drawn behind it, and of processor time, which other programs change less. */
interface Load {
  readonly loaded: number
  readonly drawn: number
  readonly processor: number
}

async function load(browser: Browser, path: string): Promise<Load> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Performance.enable')
  const start = performance.now()
  await page.goto(pathToFileURL(path).href, { waitUntil: 'load' })
  const loaded = (performance.now() - start) / 1000
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))))
  const drawn = (performance.now() - start) / 1000
  const { metrics } = await session.send('Performance.getMetrics')
  await context.close()
  return { loaded, drawn, processor: metrics.find(({ name }) => name === 'ProcessTime')?.value ?? Number.NaN }
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
)
if (executablePath === undefined) throw new Error('There is no Chromium here.')
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
try {
  for (const run of process.argv.slice(2)) {
    const report = resolve(run, 'report.html')
    const { identity } = JSON.parse(readFileSync(join(run, 'study.json'), 'utf8')) as {
      identity: { variants: readonly object[]; images: { count: number } }
    }
    const rounds: Load[] = []
    for (let round = 0; round < ROUNDS; round++) rounds.push(await load(browser, report))
    const of = (what: keyof Load) => median(rounds.map((one) => one[what]))
    const megabytes = statSync(report).size / 1e6
    const isOver = megabytes > LIMITS.megabytes || of('drawn') > LIMITS.seconds
    console.log(
      `${run}: ${identity.variants.length} variants, ${identity.images.count} images: ${megabytes.toFixed(2)} MB (limit ${LIMITS.megabytes}), loaded in ${of('loaded').toFixed(2)} s, drawn in ${of('drawn').toFixed(2)} s (limit ${LIMITS.seconds}), ${of('processor').toFixed(2)} s of the page's processor time (medians of ${ROUNDS})`,
    )
    if (isOver) process.exitCode = 1
  }
} finally {
  await browser.close()
}
