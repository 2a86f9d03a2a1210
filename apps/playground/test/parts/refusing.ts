import { strToU8 } from 'fflate'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { fixture, teachableMachine } from '../fixtures.ts'
import { drop, type Files, type OpenPage } from '../open-page.ts'

/** What cannot be read. */
export function refusing(opened: () => OpenPage): void {
  /** Drops something that is refused, and gives what is said. */
  async function refusal(files: Files): Promise<string> {
    await drop(opened().page, files)
    await opened().page.locator('.status [role=alert]').waitFor()
    return opened().page.locator('.status p').innerText()
  }

  it('refuses what it cannot read in one sentence, and goes on', async () => {
    const { page } = opened()
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
}
