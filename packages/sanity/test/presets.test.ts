import { resolveOptions } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import checks, { presets } from '../src/index.ts'
import { sensitive } from './explainers.ts'
import { images, study } from './harness.ts'

describe.each(Object.entries(presets))('preset %s', (_, preset) => {
  const judging = preset.checks.filter(([, options]) => 'similarities' in options)

  test.each(judging.map(([id, options]) => [id, options] as const))(
    '%s takes its options and judges nothing',
    async (id, options) => {
      const check = checks.find((one) => one.id === id)!
      expect(() => resolveOptions(id, check.options, options)).not.toThrow()
      const { summary } = await study(check, { sensitive }, { images: images(8), options })
      const verdict = summary.findings.find(({ metric }) => metric === 'verdict')
      const isOfPaper = id === 'smooth-mprt'
      if (!isOfPaper && !String(options['similarities']).split(',').includes('spearman')) {
        expect(verdict).toBeUndefined()
        expect(summary.notes!.join()).toContain('Nothing is judged')
        return
      }
      expect(verdict!.outcome).toBeUndefined()
      expect(verdict!.notes!.join()).toContain('shown, not judged')
      expect(verdict).toHaveProperty('chance.value')
    },
  )

  test('says everything that its numbers depend on: changed defaults do not change it', () => {
    const pinned = ['initializer', 'batchNorm', 'target', 'reduction', 'draws', 'similarities']
    const given = preset.checks.find(([id]) => id === 'parameter-randomization')![1]
    expect(Object.keys(given)).toEqual(expect.arrayContaining(pinned))
  })
})

test('ids are unique, and every check has references and described options', () => {
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length)
  for (const check of checks) {
    expect(check.references.length).toBeGreaterThan(0)
    for (const option of Object.values(check.options)) expect(option.description).toMatch(/\.$/)
  }
})
