import type { Engine } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { FAST_ENGINE, fasterEngine } from '@saliency/toolkit/steps'
import { saliency } from './project.ts'

describe('saliency doctor', () => {
  it('without a package looks at the installation', async () => {
    const { code, out } = await saliency(['doctor'])
    expect(code).toBe(0)
    expect(out).toContain(`Node ${process.version}`)
    expect(out).toMatch(/engine onnxruntime-node: works: onnxruntime-node [\d.]+/)
    expect(out).toMatch(/\d+ methods and \d+ checks can be used/)
    const { engines } = JSON.parse((await saliency(['doctor', '--json'])).out) as {
      engines: { name: string; works: boolean }[]
    }
    expect(engines.map(({ name }) => name)).toEqual(['onnxruntime-node', 'onnxruntime-web', 'tfjs'])
  })
})

describe('a slow engine', () => {
  const engine = (id: string) => ({ id }) as Engine

  it('that nobody asked for is said, with the line that brings the fast one', () => {
    for (const id of ['onnxruntime-web', 'tfjs-wasm', 'tfjs-cpu'])
      for (const asked of [undefined, 'auto']) expect(fasterEngine(engine(id), asked)).toContain(FAST_ENGINE)
  })

  it('that was asked for is not, nor is a fast one', () => {
    expect(fasterEngine(engine('onnxruntime-web'), 'onnxruntime-web')).toBeUndefined()
    expect(fasterEngine(engine('onnxruntime-node'), undefined)).toBeUndefined()
    expect(fasterEngine(engine('tfjs-tensorflow'), 'auto')).toBeUndefined()
  })
})

describe('the version', () => {
  it.each(['-v', '-V', '--version'])('is printed by %s', async (flag) => {
    const { code, out } = await saliency([flag])
    expect([code, out]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+/)])
  })
})
