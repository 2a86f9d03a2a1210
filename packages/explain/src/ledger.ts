import {
  type Engine,
  type FloatTensor,
  type LedgerEntry,
  type LoadedModel,
  type ResolvedVariant,
  traceLedger,
  type Value,
} from '@saliency/core'

/** What became of the relevance at one operator, as numbers. */
export interface LedgerLine {
  readonly layer: string
  readonly operator: string
  readonly rule: string
  /** Sum of the relevance that arrived at the operator's output. */
  readonly arriving: number
  /** Sum of what its inputs received. */
  readonly leaving: number
  /** What the bias, or another constant, kept. */
  readonly bias: number
  /** The parameters that kept it: a bias, a position embedding, a class token. */
  readonly constants: readonly string[]
  /** What arrived where a denominator is zero. */
  readonly zero: number
  /** What is missing beyond both: the stabiliser's part, or that of a rule whose shares do not sum to one. */
  readonly rest: number
}

const parts = ['arriving', 'leaving', 'bias', 'zero'] as const

function outputsOf(entries: readonly LedgerEntry[]): Record<string, Value> {
  const named = entries.flatMap((entry, index) =>
    parts.map((part) => [`${index}:${part}`, entry[part]] as const),
  )
  return Object.fromEntries(named)
}

/** True for variants that keep a ledger. */
export function keepsLedger({ method }: ResolvedVariant): boolean {
  return method.kind === 'graph' && method.ledger !== undefined
}

/**
 * Where the relevance of one variant goes for one image, from the logits down.
 * @throws INVALID_OPTION where the method keeps no ledger; ENGINE
 */
export async function ledgerLines(request: {
  readonly model: LoadedModel
  readonly variant: ResolvedVariant
  readonly engine: Engine
  /** `[1, c, h, w]` */
  readonly image: FloatTensor
  /** What is explained, `[1, k]`. */
  readonly direction: FloatTensor
}): Promise<LedgerLine[]> {
  const { model, variant, engine, image, direction } = request
  const entries = traceLedger(model.model, variant)
  const session = await engine.open({ outputs: outputsOf(entries) }, model.weights)
  try {
    const result = await session.run({ image, direction })
    const at = (index: number, part: string) => Number(result[`${index}:${part}`]?.data[0])
    return entries.map(({ layer = '', operator, rule, constants = [] }, index) => {
      const [arriving, leaving, bias, zero] = parts.map((part) => at(index, part)) as [
        number,
        number,
        number,
        number,
      ]
      const rest = arriving - leaving - bias - zero
      return { layer, operator, rule, arriving, leaving, bias, constants, zero, rest }
    })
  } finally {
    await session.dispose()
  }
}
