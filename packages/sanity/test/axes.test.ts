import type { Check, Contrast, Finding, Row, Summary, Verdict } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { classSensitivity } from '../src/checks/class-sensitivity.ts'
import { parameterRandomization } from '../src/checks/parameter-randomization.ts'
import {
  centred,
  constant,
  inputOnly,
  mostlyInput,
  sensitive,
  signFlipper,
  sobel,
  sometimesNaN,
} from './explainers.ts'
import { images, modelOf, rowsOf, study } from './harness.ts'

const axes: [string, Check, Record<string, number>][] = [
  ['class-sensitivity', classSensitivity, {}],
  ['parameter-randomization', parameterRandomization, { draws: 2 }],
]

function verdictOf(summary: Summary, variant: string): Verdict {
  return summary.findings.find(
    (finding) => finding.variant === variant && finding.kind === 'verdict',
  ) as Verdict
}

function contrastOf(summary: Summary): Contrast {
  return summary.findings.find(({ kind }) => kind === 'contrast') as Contrast
}

describe.each(axes)('%s', (_, check, options) => {
  test('an explainer that looks only at the input scores exactly 1 everywhere', async () => {
    const rows = await rowsOf(check, { inputOnly }, { images: images(16), options })
    const ofTheModel = ['logit-spread', 'activation-scale']
    const same = rows.filter((row) => row.other === undefined && !ofTheModel.includes(row.metric))
    expect(same.length).toBeGreaterThan(0)
    expect(new Set(same.map((row) => row.value))).toEqual(new Set([1]))
  })

  test('the five outcomes', async () => {
    const explainers = { sobel, mostlyInput, sensitive, centred, constant }
    const { summary } = await study(check, explainers, { images: images(48), options })
    const outcomes = Object.keys(explainers).map((id) => [id, verdictOf(summary, id).outcome])
    expect(Object.fromEntries(outcomes)).toEqual({
      sobel: 'does not depend',
      mostlyInput: 'does not depend',
      sensitive: 'depends',
      centred: 'static',
      constant: 'undefined',
    })
  })

  test('a verdict says how few images and draws it stands on', async () => {
    const { summary } = await study(check, { sensitive }, { images: images(16), options })
    const draws = check === parameterRandomization ? ['2 draws of random weights: intervals are wide'] : []
    expect(verdictOf(summary, 'sensitive').notes).toEqual(['preliminary', ...draws])
  })

  test('NaN for some images is counted, and too much of it is undefined', async () => {
    const { rows, summary } = await study(check, { sometimesNaN }, { images: images(16), options })
    const verdict = verdictOf(summary, 'sometimesNaN')
    expect(verdict.outcome).toBe('undefined')
    const undefinedRows = rows.filter((row) => row.metric === 'spearman' && row.status === 'undefined')
    expect(verdict.undefinedCount).toBe(undefinedRows.length)
    expect(undefinedRows[0]).toMatchObject({
      value: null,
      note: 'the map under the original condition is not finite',
    })
    expect(summary.notes!.join(' ')).toContain('undefined')
  })

  test('one image has no chance level: rows and verdict say so', async () => {
    const { rows, summary } = await study(check, { sensitive }, { images: images(1), options })
    expect(rows.some((row) => row.other !== undefined)).toBe(false)
    const verdict = verdictOf(summary, 'sensitive')
    expect(verdict.outcome).toBe('undecided')
    expect(verdict.notes).toContain('no chance level (one image)')
  })

  test('the contrast tells positive from signed handling, with a corrected p', async () => {
    const facts = { mostlyInput: { handling: 'positive', counterpart: 'sensitive' } }
    const { summary } = await study(check, { mostlyInput, sensitive }, { images: images(48), options, facts })
    const contrast = contrastOf(summary)
    expect(contrast.variant).toBe('mostlyInput')
    expect(contrast.interval![1]).toBeLessThan(0.3)
    const { p } = contrast
    expect(p).toBeLessThan(0.0002)
    expect(contrast).toMatchObject({ counterpart: 'sensitive', pHolm: p, pairs: 1 })
  })

  test('summaries are the same from rows that were stored, in whatever order they come back', async () => {
    const facts = { mostlyInput: { handling: 'positive', counterpart: 'sensitive' } }
    const setup = { images: images(16), options, facts }
    const { rows, summary } = await study(check, { mostlyInput, sensitive }, setup)
    const stored: Row[] = JSON.parse(JSON.stringify(rows)) as Row[]
    const context = { options: resolved(check, options), variants: variants(facts) }
    const again = check.summarise(stored.reverse(), context)
    expect(new Map(again.findings.map(keyed))).toEqual(new Map(summary.findings.map(keyed)))
  })

  test('a threshold changes the verdict of stored rows', async () => {
    const { rows } = await study(check, { mostlyInput }, { images: images(16), options })
    const outcome = (threshold: number) =>
      check.summarise(rows, {
        options: resolved(check, { ...options, threshold }),
        variants: variants({ mostlyInput: {} }),
      })
    expect(verdictOf(outcome(0.5), 'mostlyInput').outcome).toBe('does not depend')
    expect(verdictOf(outcome(0.999), 'mostlyInput').outcome).toBe('depends')
  })

  test('an unknown similarity is refused with the list of known ones', async () => {
    const run = rowsOf(
      check,
      { sensitive },
      { images: images(2), options: { ...options, similarities: 'spearmen' } },
    )
    await expect(run).rejects.toThrow(/spearmen.*spearman, pearson/s)
  })
})

describe('class-sensitivity', () => {
  test('a contrast of few images says what its p cannot bear', async () => {
    const facts = { mostlyInput: { counterpart: 'sensitive' } }
    const notes = async (count: number) => {
      const setup = { images: images(count), facts }
      return contrastOf((await study(classSensitivity, { mostlyInput, sensitive }, setup)).summary).notes
    }
    expect(await notes(31)).toEqual(['fewer than 32 images: p is too small where differences are skewed'])
    expect(await notes(32)).toEqual([])
  })

  test('a map that only flips its sign is reported as such', async () => {
    const { summary } = await study(classSensitivity, { signFlipper }, { images: images(16) })
    const verdict = verdictOf(summary, 'signFlipper')
    expect(verdict.outcome).toBe('changes by sign only')
    expect(verdict.same!.value).toBe(-1)
    const absolute = summary.findings.find((finding) => finding.metric === 'spearman-abs')!
    expect(absolute.value).toBe(1)
  })

  test('a variant that starts from the logit is shown, never judged', async () => {
    const facts = { signFlipper: { start: 'logit' } } as const
    const { summary } = await study(classSensitivity, { signFlipper }, { images: images(16), facts })
    const verdict = verdictOf(summary, 'signFlipper')
    expect(verdict.outcome).toBeUndefined()
    expect(verdict.notes!.join()).toContain('starts from the logit')
  })

  test('a contrast with a variant that starts from the logit is shown without a test, and counts for no correction', async () => {
    const facts = {
      signFlipper: { start: 'logit', counterpart: 'sensitive' },
      mostlyInput: { counterpart: 'sensitive' },
    } as const
    const setup = { images: images(16), facts }
    const { summary } = await study(classSensitivity, { signFlipper, mostlyInput, sensitive }, setup)
    const [shown, tested] = summary.findings.filter(({ metric }) => metric === 'retained-dependence')
    expect(shown!).not.toHaveProperty('p')
    expect(shown!.notes!.join()).toContain('starts from the logit')
    expect(tested!).toMatchObject({ pairs: 1 })
  })

  test('runner-up, least likely and the centred seed are shown beside the judged class', async () => {
    const options = { others: 'runner-up, least-likely', centred: true }
    const { summary } = await study(classSensitivity, { sensitive }, { images: images(8), options })
    const metrics = summary.findings.map((finding) => finding.metric)
    expect(metrics).toContain('spearman (runner-up)')
    expect(metrics).toContain('spearman (least-likely:centred)')
    expect(metrics.filter((metric) => metric === 'verdict')).toHaveLength(1)
  })

  test('an unknown other class is refused', async () => {
    const run = rowsOf(classSensitivity, { sensitive }, { images: images(2), options: { others: 'second' } })
    await expect(run).rejects.toThrow(/'second'.*runner-up, least-likely/)
  })
})

describe('parameter-randomization', () => {
  test('with one draw of random weights nothing is decided or tested, and the notes say how many are enough', async () => {
    const facts = { mostlyInput: { handling: 'positive', counterpart: 'sensitive' } }
    const setup = { images: images(32), options: { draws: 1 }, facts }
    const { summary } = await study(parameterRandomization, { sobel, mostlyInput, sensitive }, setup)
    for (const variant of ['sobel', 'mostlyInput', 'sensitive']) {
      const verdict = verdictOf(summary, variant)
      expect(verdict.outcome).toBe('undecided')
      expect(verdict).not.toHaveProperty('interval')
      expect(verdict.notes!.join()).toContain('one draw of random weights')
      expect(verdict.notes!.join()).toContain('take 5')
    }
    const contrast = contrastOf(summary)
    expect(contrast.value).toBeGreaterThan(0)
    expect(contrast).not.toHaveProperty('p')
    expect(contrast.notes!.join()).toContain('one draw of random weights')
  })

  const layersAt = (order: string, options: Record<string, string | number> = {}) => {
    const all = parameterRandomization.conditions({
      model: modelOf({ stem: ['conv0', 'bn0', 'relu0'], one: ['conv1'], head: ['dense'] }),
      images: 8,
      options: resolved(parameterRandomization, { order, draws: 1, ...options }),
    })
    return all.flatMap(({ weights }) => (weights.kind === 'randomized' ? [weights.layers] : []))
  }

  test('cascades follow the execution order, blocks whole, layers without parameters left out', () => {
    expect(layersAt('top-down')).toEqual([['dense'], ['dense', 'conv1'], ['dense', 'conv1', 'conv0', 'bn0']])
    expect(layersAt('bottom-up')).toEqual([
      ['conv0', 'bn0'],
      ['conv0', 'bn0', 'conv1'],
      ['conv0', 'bn0', 'conv1', 'dense'],
    ])
    expect(layersAt('independent')).toEqual([['dense'], ['conv1'], ['conv0', 'bn0']].reverse())
    expect(layersAt('top-down', { unit: 'layer' })).toHaveLength(4)
    expect(layersAt('top-down', { steps: 2 })).toEqual([['dense'], ['dense', 'conv1', 'conv0', 'bn0']])
  })

  test('rows say what changed their number', async () => {
    const options = { draws: 2, initializer: 'normal(0.1)', batchNorm: 'reset' }
    const rows = await rowsOf(parameterRandomization, { sensitive }, { images: images(2), options })
    expect(rows[0]!.condition).toBe('top-down:01:head')
    expect(rows[0]!.protocol).toEqual({
      step: 1,
      block: 'head',
      draw: 0,
      order: 'top-down',
      unit: 'block',
      initializer: 'normal(0.1)',
      batchNorm: 'reset',
      target: 'original prediction',
      reduction: 'signed channel sum',
    })
  })

  test('a file without batch norm says so in the rows', async () => {
    const model = modelOf({ stem: ['conv0'], head: ['dense'] })
    const rows = await rowsOf(parameterRandomization, { sensitive }, { images: images(2), model })
    expect(rows[0]!.protocol['batchNorm']).toContain('merged')
  })

  test('curves start at the original and mark every step', async () => {
    const { summary } = await study(
      parameterRandomization,
      { sobel },
      { images: images(8), options: { draws: 1 } },
    )
    const curve = summary.curves!.find(({ metric }) => metric === 'spearman')!
    expect(curve.points.map(({ label }) => label)).toEqual(['original', 'head', 'two', 'one', 'stem'])
    expect(curve.points.map(({ y }) => y)).toEqual([1, 1, 1, 1, 1])
  })

  test('the scale of logits and maps is recorded per step, and a collapse is said', async () => {
    const { rows, summary } = await study(
      parameterRandomization,
      { sobel },
      { images: images(8), options: { draws: 2 } },
    )
    const spread = summary.curves!.find(({ metric }) => metric === 'logit-spread')!
    spread.points.forEach(({ y }, step) => expect(y).toBeCloseTo(10 ** -(step === 4 ? 5 : step), 6))
    expect(summary.curves!.find(({ metric }) => metric === 'map-scale')!.points.map(({ y }) => y)).toEqual([
      1, 1, 1, 1, 1,
    ])
    expect(rows.filter(({ metric }) => metric === 'logit-spread')).toHaveLength(4 * 8)
    expect(summary.findings.map(({ metric }) => metric)).not.toContain('logit-spread')
  })

  test('activations are recorded block by block once a group, and the first collapse is named', async () => {
    const setup = { images: images(16), options: { draws: 2 } }
    const { rows, summary } = await study(parameterRandomization, { sobel, sensitive }, setup)
    const own = rows.filter(({ metric, variant }) => metric === 'activation-scale' && variant === 'sobel')
    expect(own).toHaveLength(4 * 2 * 2)
    const curveAt = (block: string) =>
      summary
        .curves!.filter(({ metric }) => metric === `activation-scale at ${block}`)
        .map((one) => one.points)
    expect(curveAt('head')).toHaveLength(1)
    curveAt('stem')[0]!.forEach(({ y }) => expect(y).toBeCloseTo(1, 6))
    curveAt('head')[0]!.forEach(({ y }, step) => expect(y).toBeCloseTo(10 ** -(step === 4 ? 5 : step), 6))
    const note = summary.notes!.find((text) => text.startsWith('Activations'))
    expect(note).toContain('collapse: at step 2 (two) those at the end of head are 0.010 times')
    expect(note).toContain('at worst 0.000010 times (head, step 4)')
  })

  test('runs without recorded activations are told of the logits instead', async () => {
    const setup = { images: images(8), options: { draws: 1 }, activations: false }
    const { summary } = await study(parameterRandomization, { sobel }, setup)
    expect(summary.notes!.join(' ')).toContain('collapse: at step 3 (one) those at the end of the logits')
  })

  test('the depth at which e falls below .5', async () => {
    const late: typeof sensitive = (image, condition, target) => {
      const { weights } = condition
      const deep = weights.kind === 'randomized' && weights.layers.length >= 3
      return deep ? sensitive(image, condition, target) : inputOnly(image, condition, target)
    }
    const { summary } = await study(
      parameterRandomization,
      { late },
      { images: images(16), options: { draws: 1 } },
    )
    expect(verdictOf(summary, 'late').details).toMatchObject({ depth: 3, steps: 4 })
  })

  test.each(['normal', 'normal(0)', 'uniform', 'normal(x)'])('initializer %s is refused', (initializer) => {
    expect(() => layersAt('top-down', { initializer })).toThrow(/layer.*permute.*normal\(0\.1\)/s)
  })
})

function resolved(check: Check, given: Record<string, string | number>): never {
  const defaults = Object.entries(check.options).map(([name, spec]) => [name, spec.default])
  return { ...Object.fromEntries(defaults), ...given } as never
}

function variants(facts: Record<string, object>) {
  const ids = ['mostlyInput', 'sensitive']
  return ids.map((id) => ({
    id,
    handling: 'signed',
    start: 'one-hot' as const,
    control: false,
    ...facts[id],
  }))
}

function keyed(finding: Finding): [string, Finding] {
  return [`${finding.variant} ${finding.metric}`, finding]
}
