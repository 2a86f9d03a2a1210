import { backward } from './backward/backward.ts'
import type { BackwardRequest, Signals } from './backward/site.ts'
import { blockOutputs } from './block-outputs.ts'
import type { RandomRelevance } from './condition.ts'
import { contextOf } from './explain-context.ts'
import { ancestors } from './graph/reach.ts'
import type { Shape } from './graph/shape.ts'
import type { Value } from './graph/value.ts'
import type { ResolvedVariant } from './method.ts'
import type { Model } from './model.ts'

/** Where the signals of random starts are compared. */
export interface ConvergencePoint {
  /** The layer's name, or `image`. */
  readonly layer: string
  readonly channels: number
  /**
   * |cos| of every pair of starts at every place (of at most 64×64, evenly spaced), −1 where a vector is zero:
   * `[n, pairs, h, w]`.
   */
  readonly cosines: Value
}

/** The comparisons of one variant in the model's graph, or why there are none. */
export type ConvergenceTrace =
  | {
      /** From the start down to the image. */
      readonly points: readonly ConvergencePoint[]
      /** Inputs that the caller fills with standard normal numbers. */
      readonly starts: readonly { readonly name: string; readonly shape: Shape }[]
    }
  | { readonly notApplicable: string }

type Walk = Pick<BackwardRequest, 'rules' | 'batchNorm' | 'biases'>

/** Lets a variant explain, and keeps how it walked from the logits to the image. */
function walksOf(model: Model, variant: ResolvedVariant): Walk[] {
  const { method } = variant
  if (method.kind !== 'graph') return []
  const context = contextOf(model, variant, [])
  const walks: Walk[] = []
  method.explain({
    ...context,
    backward(request: BackwardRequest = {}): Signals {
      const { from = model.explained, start: _, until: __, ...walk } = request
      const signals = context.backward(request)
      return {
        at(value) {
          const isKnown = walks.some((one) => one.rules === walk.rules && one.batchNorm === walk.batchNorm)
          if (value === model.image && from === model.explained && !isKnown) walks.push(walk)
          return signals.at(value)
        },
      }
    },
  })
  return walks
}

function whyNot({ method }: ResolvedVariant, walks: number): string | undefined {
  if (method.kind === 'sampling') return 'it averages another variant over changed images: ask for that one'
  if (method.kind === 'composition') return 'it combines the maps of other variants: ask for those'
  if (walks === 0) return 'it carries no signal from the logits to the image'
  return walks > 1 ? `it carries ${walks} signals to the image, not one` : undefined
}

/** Places along one side that are compared at most; the median over more of them is the same, and costs more. */
const SIDE = 64

/** Every k-th place of a large signal; k is odd, since what a stride of two leaves empty lies at every other place. */
function thinned(signal: Value): Value {
  const [, , height = 1, width = 1] = signal.shape
  const step = Math.ceil(Math.max(Number(height), Number(width)) / SIDE)
  if (step === 1) return signal
  const odd = step + ((step + 1) % 2)
  const ends = [Number(height), Number(width)]
  return signal.graph.ops.slice(signal, { axes: [2, 3], starts: [0, 0], ends, steps: [odd, odd] })
}

/** A signal as vectors over channels, `[n, c, h, w]`, each divided by its largest magnitude, so that no square underflows. */
function vectorsOf(signal: Value): { vectors: Value; isSilent: Value } {
  const { ops } = signal.graph
  const [n = 'n', channels = 1] = signal.shape
  const spatial = signal.shape.length === 4 ? thinned(signal) : ops.reshape(signal, [n, channels, 1, 1])
  const size = ops.reduceMax(ops.abs(spatial), { axes: [1] })
  const isSilent = ops.equal(size, 0)
  return { vectors: ops.div(spatial, ops.where(isSilent, 1, size)), isSilent }
}

/** |cos| of every pair, `[n, pairs, h, w]`; −1 where one of the two is zero. */
function cosinesOf(signals: readonly Value[]): Value {
  const { ops } = (signals[0] as Value).graph
  const over = { axes: [1] }
  const each = signals.map(vectorsOf).map(({ vectors, isSilent }) => {
    const norm = ops.sqrt(ops.reduceSum(ops.mul(vectors, vectors), over))
    return { isSilent, unit: ops.div(vectors, ops.where(isSilent, 1, norm)) }
  })
  const pairs = each.flatMap((a, i) =>
    each.slice(i + 1).map((b) => {
      const cosine = ops.min(ops.abs(ops.reduceSum(ops.mul(a.unit, b.unit), over)), 1)
      return ops.where(ops.or(a.isSilent, b.isSilent), -1, cosine)
    }),
  )
  return ops.concat(pairs, 1)
}

/**
 * Lets noise take the place of relevance at a layer's output and carries it to the image by the variant's own rules, once
 * a draw; at the end of every block below, and at the image, the draws' channel vectors are compared place by place (Sixt,
 * Granz, Landgraf 2020, When Explanations Lie, section 4: cosine similarity convergence). Signals never leave the graph.
 * Methods need not know: their rules are taken from the walk that they ask for.
 * @throws UNKNOWN_LAYER for a start that the model does not have, and whatever tracing the variant throws.
 */
export function traceConvergence(
  model: Model,
  variant: ResolvedVariant,
  { from, draws }: RandomRelevance,
): ConvergenceTrace {
  const start = model.layer(from).output
  const walks = walksOf(model, variant)
  const notApplicable = whyNot(variant, walks.length)
  if (notApplicable !== undefined) return { notApplicable }
  const starts = Array.from({ length: draws }, (_, draw) => `relevance:${from}#${draw}`)
  const signals = starts.map((name) => {
    const signal = model.graph.ops.input(name, start.shape)
    return backward({ ...walks[0], from: start, start: signal, until: model.image })
  })
  const below = new Set(ancestors([start]))
  const places = [
    ...blockOutputs(model)
      .filter(({ value }) => value !== start && below.has(value.node))
      .toReversed(),
    { layer: 'image', value: model.image, maps: undefined },
  ]
  const points = places.map(({ layer, value, maps }) => {
    const arriving = signals.map((signal) => signal.at(value))
    return {
      layer,
      channels: Number((maps ?? value).shape[1]),
      cosines: cosinesOf(maps ? arriving.map((signal) => maps.of(signal)) : arriving),
    }
  })
  return { points, starts: starts.map((name) => ({ name, shape: start.shape })) }
}
