import { SaliencyError, type LinearSite, type Node, type Value } from '@saliency/core'
import type { Composition } from './composition.ts'
import type { Portion, Settings } from './propagate.ts'
import { divide } from './stabilize.ts'

/** What a treatment is given besides the site. */
export interface Walk extends Settings {
  readonly composition: Composition
  /** ε of what is shared by no rule of the composite. */
  readonly stabilizer: number
  /** No ε anywhere: relevance is value times gradient, and stays in that form. */
  readonly isExact: boolean
  readonly witness?: Witness
}

/** Is told of every operator that relevance passes, for the ledger. */
export interface Witness {
  /** The shares of a rule, before the operator they belong to. */
  shares(rule: string, portions: readonly Portion[]): void
  /** An operator and what its inputs received. */
  operator(site: LinearSite, treatment: string, received: readonly Value[]): void
}

/** Hands the relevance at an operator's output to its inputs. */
export type Treat = (site: LinearSite, walk: Walk) => readonly Value[]

/** `Conv in layer 'conv1'`, for messages. */
export function place({ op, layer }: Node): string {
  return layer === undefined ? op : `${op} in layer '${layer}'`
}

/** An error that names the operator and its layer, and says what would help. */
export function refused(node: Node, why: string, remedy: string): SaliencyError {
  return new SaliencyError('UNSUPPORTED_OPERATOR', `lrp: ${place(node)} ${why}. ${remedy}`)
}

/** x · Jᵀ(R / z): every input receives what it contributed to a sum. Works for any operator that is linear in its inputs. */
export function shareOut(site: LinearSite, walk: Walk): readonly Value[] {
  const { ops, signal, output, inputs } = site
  const carried = site.vjp(divide(ops, signal, output, walk.stabilizer, walk))
  return inputs.map((input, index) => ops.mul(input, carried[index] as Value))
}
