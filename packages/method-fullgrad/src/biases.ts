import type { LinearRule, RuleTable, Value } from '@saliency/core'

/** The bias b of one linear operator, shaped to broadcast over the operator's output z. */
export interface Bias {
  /** z: `[n, c, h, w]`, or `[n, k]` behind a dense layer. */
  readonly output: Value
  readonly bias: Value
}

/** Rules that leave the gradient as it is and note every bias on the way, batch norm's implicit one included. */
export function observeBiases(found: Bias[]): RuleTable {
  const note: LinearRule = (site) => {
    const { bias } = site.linear()
    if (bias) found.push({ output: site.output, bias })
    return site.vjp()
  }
  return { Conv: note, ConvTranspose: note, Gemm: note, BatchNormalization: note, Add: note, Sub: note }
}
