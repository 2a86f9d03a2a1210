import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly Result[] }[]
}
interface Result {
  readonly ancestorTitles: readonly string[]
  readonly title: string
  readonly status: 'passed' | 'failed' | 'skipped' | 'pending'
}

/** Runs the fixtures in a vitest of their own and returns what every test came to. */
function runFixtures(): Promise<readonly Result[]> {
  const vitest = join(createRequire(import.meta.url).resolve('vitest/package.json'), '..', 'vitest.mjs')
  const config = fileURLToPath(new URL('fixtures/vitest.config.ts', import.meta.url))
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 1 << 26, env: { ...process.env, NO_COLOR: '1' } }
    execFile(
      process.execPath,
      [vitest, 'run', '--config', config, '--reporter', 'json'],
      options,
      (_, output, errors) => {
        const start = output.indexOf('{"')
        if (start < 0) reject(new Error(`vitest gave no report: ${errors}`))
        else
          resolve(
            (JSON.parse(output.slice(start)) as Report).testResults.flatMap((file) => file.assertionResults),
          )
      },
    )
  })
}

describe('the conformance suite of methods', async () => {
  const results = await runFixtures()
  const failuresOf = (id: string) =>
    results
      .filter(
        ({ ancestorTitles, status }) => ancestorTitles[0] === `${id}: conformance` && status === 'failed',
      )
      .map(({ ancestorTitles, title }) => [...ancestorTitles.slice(1), title].join(' > '))

  it('passes a sound method', () => {
    expect(results.some(({ ancestorTitles }) => ancestorTitles[0] === 'sound: conformance')).toBe(true)
    expect(failuresOf('sound')).toEqual([])
  })

  it.each([
    ['not-odd', 'gradient of −y is minus that of y'],
    ['not-nonnegative', 'gradient has no negative value'],
    ['not-conserving', 'gradient sums to the start'],
    ['without-references', 'has names in kebab case, a title, and references'],
    ['same-as-its-counterpart', 'positive differs from its counterpart in the handling alone'],
    ['same-as-its-counterpart', 'positive is not its counterpart: its rule engages somewhere'],
    ['mixes-images', 'treats two images as two batches of one'],
    ['counts-its-calls', 'gives the same maps again'],
    ['not-finite', 'returns finite maps of the shape that the trait says'],
    ['not-frozen', 'is frozen and speaks contract 1'],
    ['passes-everything', 'gradient names the operator and the layer'],
  ])('catches a method that is %s: %s', (id, title) => {
    expect(
      failuresOf(id).some((failure) => failure.endsWith(title)),
      failuresOf(id).join('\n'),
    ).toBe(true)
  })
})
