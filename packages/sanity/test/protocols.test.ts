import type { Check, Condition, Convergence } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { presets } from '../src/index.ts'
import { publishedProtocols } from '../src/checks/published-protocols.ts'
import { protocolParts } from '../src/protocols.ts'
import { type Explainer, images, study } from './harness.ts'
import { inputOnly, sensitive } from './explainers.ts'

/** Changes with the class and not with weights. */
const classOnly: Explainer = (image, condition, target) =>
  sensitive(image, { ...condition, weights: { kind: 'original' } } as typeof condition, target)

/** Asks as a study does: once a weight state, with the conditions of the original weights beside it. */
const perState: Check = {
  ...publishedProtocols,
  async score(context) {
    const isOriginal = ({ weights }: Condition) => weights.kind === 'original'
    const originals = context.conditions.filter(isOriginal)
    const others = context.conditions.filter((condition) => !isOriginal(condition))
    const states = new Set(others.map(({ weights }) => JSON.stringify(weights)))
    const calls = [...states].map((key) => [
      ...originals,
      ...others.filter(({ weights }) => JSON.stringify(weights) === key),
    ])
    const rows = []
    for (const conditions of [originals, ...calls])
      rows.push(...(await publishedProtocols.score({ ...context, conditions } as never)))
    return rows
  },
}

/** Random starts end in one direction for a map that nothing in the model changes, and apart for the others. */
function convergence(variant: string): Convergence {
  if (variant === 'm/constant') return { notApplicable: 'it carries no signal' }
  const cosine = variant === 'm/input' ? 0.999 : 0.4
  const shape = [8, 1, 2, 2] as const
  const cosines = new Float32Array(32).fill(cosine)
  return { layers: [{ layer: 'image', channels: 3, cosines, shape }] }
}

const explainers = { 'm/sensitive': sensitive, 'm/input': inputOnly, 'm/class': classOnly }
const { rows, summary } = await study(perState, explainers, {
  images: images(8),
  convergence,
  options: { samples: 3 },
})

function saysOf(variant: string): Record<string, unknown> {
  const own = summary.findings.filter((finding) => finding.variant === variant)
  return Object.fromEntries(
    own.map(({ details }) => [`${details!['published']} ${details!['axis']}`, details!['says']]),
  )
}

describe('published protocols', () => {
  it('ask every preset, by its own similarity, target and reduction', () => {
    const parts = protocolParts({ steps: 3, samples: 50 })
    expect(new Set(parts.map(({ name }) => name))).toEqual(new Set(Object.keys(presets)))
    for (const { name, check, options, metric } of parts) {
      const [, given] = presets[name].checks.find(([id]) => id === check.id)!
      const { similarities, ...kept } = given
      expect(options).toMatchObject(kept)
      if (similarities !== undefined) expect(String(similarities).split(',')[0]).toBe(metric)
    }
  })

  it('agree on a map that follows everything, and on one that follows the image alone, but for entropy', () => {
    const similar = Object.entries(saysOf('m/sensitive')).filter(([name]) => !name.includes('efficient'))
    expect(similar).toHaveLength(7)
    expect(similar.map(([, says]) => says)).toEqual(similar.map(() => 'depends'))
    expect(new Set(Object.values(saysOf('m/input')))).toEqual(new Set(['does not depend']))
  })

  it('tell the axes apart', () => {
    const says = saysOf('m/class')
    expect(says['sixt-2020 class']).toBe('depends')
    expect(says['sixt-2020 parameters']).toBe('does not depend')
  })

  it('have each row once, and give no verdict', () => {
    const key = (row: (typeof rows)[number]) => JSON.stringify({ ...row, value: 0 })
    expect(new Set(rows.map(key)).size).toBe(rows.length)
    expect(summary.findings.every(({ outcome, kind }) => outcome === undefined && kind === undefined)).toBe(
      true,
    )
  })

  it('have no answer where no map can be compared', async () => {
    const broken = { 'm/constant': () => new Float32Array(144).fill(1) }
    const none = await study(perState, broken, {
      images: images(8),
      convergence,
      options: { samples: 2 },
    })
    expect(new Set(none.summary.findings.map(({ details }) => details!['says']))).toEqual(
      new Set(['undefined']),
    )
  })
})
