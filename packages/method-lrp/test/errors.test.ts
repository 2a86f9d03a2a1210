import { type Method, type Options, resolveVariant, SaliencyError, trace, type Value } from '@saliency/core'
import { buildTiny, tinyNetwork } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { composites } from '../src/composites.ts'
import { lrp } from '../src/index.ts'

const method = lrp as unknown as Method

function errorOf(options: Options, model = tinyNetwork('skip').model): SaliencyError {
  const { failures } = trace({ model, variants: [resolveVariant(method, 'epsilon', options)] })
  const error = failures[0]?.error
  if (!SaliencyError.is(error)) throw new Error(`expected a SaliencyError, got ${String(error)}`)
  return error
}

describe('a list of rules that is wrong', () => {
  it.each([
    ['conv', 'INVALID_OPTION', "has no '='"],
    ['conv=Epsilon(', 'INVALID_OPTION', 'is not a rule'],
    ['conv=epsilon(one)', 'INVALID_OPTION', "'one'"],
    ['conv=zplus', 'INVALID_OPTION', "there is no rule 'zplus'; there are zero, epsilon"],
    ['conv=epsilon(1, 2)', 'INVALID_OPTION', 'it takes epsilon'],
    ['cnv1=epsilon', 'UNKNOWN_LAYER', 'neither a keyword'],
  ])('%s', (rules, code, text) => {
    const error = errorOf({ rules })
    expect(error.code).toBe(code)
    expect(error.message).toContain(text)
  })

  it('names wrong bounds of the box rule', () => {
    const error = errorOf({ composite: 'epsilon-gamma-box', low: '0,1', high: '1' })
    expect(error.code).toBe('INVALID_OPTION')
    expect(error.message).toContain('one number, or 3 separated by commas')
  })

  it('says where relevance cannot pass unchanged', () => {
    const error = errorOf({ rules: 'conv1=pass' })
    expect(error.code).toBe('UNSUPPORTED_OPERATOR')
    expect(error.message).toContain("Conv in layer 'conv1'")
  })
})

describe('an operator that LRP cannot treat', () => {
  const refused: Readonly<Record<string, (x: Value) => Value>> = {
    Pow: (x) => x.graph.layer('odd').pow(x, 2),
    Exp: (x) => x.graph.layer('odd').exp(x),
    Softmax: (x) => x.graph.layer('odd').softmax(x, 1),
    Mul: (x) => x.graph.layer('odd').mul(x, x),
  }
  it.each(Object.entries(refused))(
    '%s is an error that names it, its layer and what would help',
    (op, apply) => {
      const model = buildTiny(op, ({ conv, dense, flatten, relu }, image) =>
        dense('logits', flatten('flatten', apply(relu('relu', conv('conv', image, 4)))), 5),
      )
      const error = errorOf({}, model)
      expect(error.code).toBe('UNSUPPORTED_OPERATOR')
      expect(error.message).toContain(`${op} in layer 'odd'`)
      expect(error.message).toMatch(/gradient method|sigmoid/)
    },
  )

  it('may stand in a gate, where no relevance goes', () => {
    const model = buildTiny('gate', ({ conv, dense, flatten, globalAverage }, image, graph) => {
      const x = conv('conv', image, 4)
      const ops = graph.layer('gate')
      const gate = ops.sigmoid(ops.exp(globalAverage('squeeze', x)))
      return dense('logits', flatten('flatten', ops.mul(x, gate)), 5)
    })
    const { failures } = trace({ model, variants: [resolveVariant(method, 'epsilon')] })
    expect(failures).toEqual([])
  })
})

describe('the composites', () => {
  it('are all well formed', () => {
    for (const composite of Object.keys(composites)) {
      const { model } = tinyNetwork('conv-pool')
      const { failures } = trace({ model, variants: [resolveVariant(method, 'epsilon', { composite })] })
      expect(failures, composite).toEqual([])
    }
  })
})
