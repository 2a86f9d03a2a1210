// How large a run's report is, and how long Chromium takes to load it: `npm run measure:report -- RUN …`. Quiet machine, two cores.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser } from 'playwright-core'

const LIMITS = { megabytes: 10, seconds: 2 }
const ROUNDS = 5

/** Seconds until the page's load event, and until a frame is drawn behind it. */
async function load(browser: Browser, path: string): Promise<readonly [loaded: number, drawn: number]> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  const start = performance.now()
  await page.goto(pathToFileURL(path).href, { waitUntil: 'load' })
  const loaded = performance.now() - start
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))))
  const drawn = performance.now() - start
  await page.close()
  return [loaded / 1000, drawn / 1000]
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
    const rounds: (readonly [number, number])[] = []
    for (let round = 0; round < ROUNDS; round++) rounds.push(await load(browser, report))
    const [loaded, drawn] = [0, 1].map((at) => median(rounds.map((one) => one[at] as number))) as [
      number,
      number,
    ]
    const megabytes = statSync(report).size / 1e6
    const isOver = megabytes > LIMITS.megabytes || drawn > LIMITS.seconds
    console.log(
      `${run}: ${identity.variants.length} variants, ${identity.images.count} images: ${megabytes.toFixed(2)} MB (limit ${LIMITS.megabytes}), loaded in ${loaded.toFixed(2)} s, drawn in ${drawn.toFixed(2)} s (limit ${LIMITS.seconds}; median of ${ROUNDS})`,
    )
    if (isOver) process.exitCode = 1
  }
} finally {
  await browser.close()
}
