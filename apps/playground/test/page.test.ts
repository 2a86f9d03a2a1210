import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { strToU8, zipSync } from 'fflate'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drop, executablePath, type OpenPage, openPage, settled } from './open-page.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const fixture = (name: string) => new Uint8Array(readFileSync(join(here, 'fixtures', name)))
const zoo = (path: string) => new Uint8Array(readFileSync(join(here, '../../../packages/zoo/models', path)))

/** What Teachable Machine exports: a layers model with its classes beside it. */
const teachableMachine = () =>
  zipSync({
    'model.json': zoo('vgg/model.json'),
    'weights.bin': zoo('vgg/weights.bin'),
    'metadata.json': strToU8(
      JSON.stringify({
        labels: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
        imageSize: 64,
        packageName: '@teachablemachine/image',
      }),
    ),
  })

describe.skipIf(!executablePath)('the page', { timeout: 120_000 }, () => {
  let open: OpenPage
  beforeAll(async () => {
    open = await openPage()
    await settled(open.page)
  }, 240_000)
  afterAll(() => open?.close())

  const said = () => open.page.locator('.status p').innerText()

  /** Drops a network, and gives its classes once its first map is there. */
  async function classesOf(name: string, files: Readonly<Record<string, Uint8Array>>): Promise<string[]> {
    const { page } = open
    await drop(page, files)
    await page.locator(`[data-network="${name}"], .status [role=alert]`).first().waitFor()
    expect(await page.locator('.status [role=alert]').allInnerTexts()).toEqual([])
    await page.locator('.map:not(.old)').first().waitFor()
    // What is left is not waited for; a small network is ready by now.
    await page.evaluate(() => document.querySelector<HTMLButtonElement>('.status button')?.click())
    return (await page.locator('.predictions .name').allInnerTexts()).toSorted()
  }

  /** Drops something that is refused, and gives what is said. */
  async function refusal(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
    await drop(open.page, files)
    await open.page.locator('.status [role=alert]').waitFor()
    return said()
  }

  it('shows every map of a network of its own, and compares them when another class is clicked', async () => {
    const { page } = open
    const maps = page.locator('[data-variant]')
    expect(await maps.count()).toBeGreaterThan(60)
    expect(await page.locator('.map.old').count()).toBe(0)
    await page.locator('.predictions button').nth(1).click()
    await settled(page)
    const similar = await page.locator('[data-variant="gradcampp/gradcam-plus"] .similarity').innerText()
    expect(similar).toMatch(/0\.\d\d · chance −?0\.\d\d\s*hardly moves/)
    const gradcam = await page.locator('[data-variant="gradcampp/gradcam"] .similarity').innerText()
    expect(gradcam).toMatch(/\smoves$/)
    expect(await page.locator('.finding strong').innerText()).toMatch(/^\d+ of \d+ maps hardly move\.$/)
  })

  it('reads a network of every format that is dropped, and says where its input is guessed', async () => {
    const { page } = open
    const numbered = (count: number) => Array.from({ length: count }, (_, index) => `class ${index}`)
    const external = {
      'external.onnx': fixture('external.onnx'),
      'external.onnx.data': fixture('external.onnx.data'),
    }
    expect(await classesOf('external', external)).toEqual(numbered(4))
    expect(await page.locator('.loud').innerText()).toMatch(/^Guessed/)
    expect(await classesOf('tiny', { 'tiny.h5': fixture('tiny.h5') })).toEqual(numbered(3))
    const described = {
      'other.keras': fixture('tiny.keras'),
      'preprocess.json': strToU8('{"input": {"height": 16, "width": 16}, "classes": ["owl", "cat", "eel"]}'),
    }
    expect(await classesOf('other', described)).toEqual(['cat', 'eel', 'owl'])
    expect(await page.locator('.loud').count()).toBe(0)
    const folder = Object.fromEntries(
      ['model.json', 'weights.bin', 'preprocess.json'].map((name) => [name, zoo(`residual/${name}`)]),
    )
    expect(await classesOf('model', folder)).toHaveLength(5)
    expect(await classesOf('machine', { 'machine.zip': teachableMachine() })).toHaveLength(5)
    expect(page.workers()).toHaveLength(1)
  })

  it('refuses what it cannot read in one sentence, and goes on', async () => {
    const { page } = open
    expect(await refusal({ 'notes.onnx': strToU8('not a network') })).toMatch(/^notes\.onnx is a text\. /)
    const whole = fixture('external.onnx')
    expect(await refusal({ 'cut.onnx': whole.subarray(0, 700) })).toMatch(
      /^cut\.onnx[: ].*(damaged|truncated|cut)/,
    )
    expect(await refusal({ 'external.onnx': whole })).toMatch(/^external\.onnx\.data is needed/)
    expect(await refusal({ 'detection.onnx': fixture('detection.onnx') })).toMatch(/^detection\.onnx/)
    expect(await refusal({ 'machine.zip': teachableMachine().subarray(0, 2000) })).toMatch(/damaged zip/)
    const large = await sharp({ create: { width: 10_000, height: 5000, channels: 3, background: '#888' } })
      .png({ compressionLevel: 9 })
      .toBuffer()
    expect(await refusal({ 'large.png': large })).toMatch(
      /^large\.png has 10000×5000 pixels \(50 megapixels\)/,
    )
    expect(await refusal({ 'torn.png': large.subarray(0, 40) })).toMatch(/^torn\.png is/)
    await drop(page, {
      'blue.png': await sharp({ create: { width: 40, height: 30, channels: 3, background: '#00f' } })
        .png()
        .toBuffer(),
    })
    await page
      .locator('.thumbnails button[aria-pressed=true] canvas[aria-label="Picture blue.png"]')
      .waitFor()
    await page.locator('.map:not(.old)').first().waitFor()
    expect(await page.locator('.status [role=alert]').count()).toBe(0)
  })

  it('has an address that shows the same again, and a back button that works', async () => {
    const { page } = open
    await page.getByRole('button', { name: 'Residual' }).click()
    await page.locator('[data-network="residual"]').waitFor()
    await page.getByRole('button', { name: 'Picture shape-1001-00002' }).click()
    await page.waitForURL(/#network=residual&picture=shape-1001-00002$/)
    await page.locator('.predictions button').nth(1).click()
    await page.waitForURL(/&target=\d+$/)
    expect(await page.locator('.finding').innerText()).toMatch(/^Maps of \w+ instead of heart\./)
    await page.goBack()
    await page.locator('.finding', { hasText: 'the predicted class' }).waitFor()
  })

  it('has nothing that axe finds serious, in light and in dark', async () => {
    const { page } = open
    await page.locator('.verdict summary').click()
    // One family of maps stands for all.
    for (const button of (await page.locator('.family h2 [aria-pressed=true]').all()).slice(1).toReversed())
      await button.click()
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const found = await page.evaluate<{ violations: { id: string; impact: string }[] }>('axe.run()')
      expect(found.violations.map(({ id, impact }) => `${id}: ${impact}`)).toEqual([])
    }
  })

  it('asks for nothing once it is open, and could not reach another host', async () => {
    const { page, requests, complaints } = open
    await settled(page)
    const [before, own] = [requests.length, new URL(page.url()).origin]
    await page.locator('.predictions button').nth(1).click()
    await settled(page)
    expect(requests.slice(before).filter((url) => !url.startsWith('blob:'))).toEqual([])
    expect(requests.filter((url) => !url.startsWith(own) && !/^(blob|data):/.test(url))).toEqual([])
    expect(complaints).toEqual([])
    const reach = () =>
      fetch('https://example.org/').then(String, (error: unknown) => `refused: ${String(error)}`)
    expect(await page.evaluate(reach)).toMatch(/^refused/)
    for (const worker of page.workers()) expect(await worker.evaluate(reach)).toMatch(/^refused/)
    expect(complaints.some((text) => text.includes('Content Security Policy'))).toBe(true)
  })
})
