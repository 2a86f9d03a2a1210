import { tensor, type Method, type Weights } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import baseline from '@saliency/method-baseline'
import fullgrad from '@saliency/method-fullgrad'
import gradcampp from '@saliency/method-gradcampp'
import guided from '@saliency/method-guided'
import { lrp } from '@saliency/method-lrp'
import rectgrad from '@saliency/method-rectgrad'
import { hasReference } from '@saliency/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBackends } from './compare.ts'
import { compareMethod, type Row } from './method-rows.ts'
import { allowed, isSteady } from './steadiness.ts'
import { demo, resnet20, type Subject } from './subjects.ts'

const all = [baseline, fullgrad, gradcampp, guided, lrp, rectgrad].flat() as unknown as readonly Method[]
/** Sampling methods add no operators: they average maps of the others. */
const methods = all.filter((method) => method.kind !== 'sampling')
const engines = await openBackends(['tensorflow', 'wasm', 'cpu'])
const reference = await openOnnxRuntime()

/** Prints how far the engines lie apart. */
const isReport = Boolean(process.env['SALIENCY_PARITY'])

const subjects: readonly (readonly [string, boolean, () => Promise<Subject>])[] = [
  ['the demo net residual', true, () => demo('residual')],
  ['the demo net vgg', true, () => demo('vgg')],
  ['ResNet-20', hasReference, resnet20],
]

const found: (Row & { readonly net: string })[] = []

/** One line a network and engine: its worst map, its worst steady one, and how many are steady. */
function summarise(net: string, engine: string): string {
  const own = found.filter((row) => row.net === net && row.engine === engine)
  const steady = own.filter(({ moves }) => isSteady(moves))
  const worst = (rows: readonly Row[]) =>
    Math.max(0, ...rows.map(({ difference }) => difference)).toExponential(1)
  return `${net}, ${engine}: of ${steady.length} steady maps the worst ${worst(steady)}, of all ${own.length} ${worst(own)}\n`
}

afterAll(() => {
  if (!isReport) return
  for (const [net] of subjects) for (const { id } of engines) process.stdout.write(summarise(net, id))
})

for (const [net, isThere, open] of subjects) {
  describe.skipIf(!isThere)(`${net} on ONNX Runtime and on TensorFlow.js`, () => {
    let subject: Subject
    beforeAll(async () => {
      subject = await open()
    })

    it.each(methods.map((method) => [method.id, method] as const))(
      '%s',
      { timeout: 300_000 },
      async (_id, method) => {
        const rows = await compareMethod({ method, methods, subject, reference, engines })
        found.push(...rows.map((row) => ({ ...row, net })))
        expect(rows.filter(({ difference, moves }) => !(difference <= allowed(moves)))).toEqual([])
        // The rule that excuses differences excuses few maps.
        expect(rows.filter(({ moves }) => isSteady(moves)).length / rows.length).toBeGreaterThan(0.6)
      },
    )
  })
}

describe('the tolerance', () => {
  it('is put to the test in every variant', () => {
    const strict = new Set(found.filter(({ moves }) => isSteady(moves)).map(({ variant }) => variant))
    expect(found.map(({ variant }) => variant).filter((variant) => !strict.has(variant))).toEqual([])
  })

  /** Eight significant bits, as bfloat16 holds. */
  const coarse = (weights: Weights): Weights =>
    new Map(
      [...weights].map(([name, { data, shape }]) => {
        const unit = (value: number) => 2 ** (Math.floor(Math.log2(Math.abs(value))) - 7)
        const rounded = data.map((value) => (value === 0 ? 0 : Math.round(value / unit(value)) * unit(value)))
        return [name, tensor(rounded, shape)]
      }),
    )

  it.each([[gradcampp], [lrp]])('notices weights of eight bits', async (method) => {
    const subject = await demo('vgg')
    const rows = await compareMethod({
      method: method as unknown as Method,
      methods,
      subject,
      reference,
      engines: engines.filter(({ id }) => id === 'tfjs-wasm'),
      weights: coarse(subject.loaded.weights),
    })
    const steady = rows.filter(({ moves }) => isSteady(moves))
    expect(steady.length).toBeGreaterThan(rows.length / 2)
    expect(steady.filter(({ difference, moves }) => difference <= allowed(moves))).toEqual([])
  })
})
