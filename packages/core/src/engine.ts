import type { Value } from './graph/value.ts'
import type { Tensor, Weights } from './tensor.ts'

/** What a session computes: named outputs of one graph. Everything they do not need is left out. */
export interface Plan {
  readonly outputs: Readonly<Record<string, Value>>
}

/** A plan with its weights, ready to run. */
export interface Session {
  /**
   * Runs one batch. `feeds` holds every input leaf the plan reads, by name (`image [n, c, h, w]`, `direction [n, k]`).
   * The arrays of the result belong to the caller.
   * @throws ENGINE when a feed is missing or has another shape.
   */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>
  /** Frees the session; it cannot run afterwards. */
  dispose(): Promise<void>
}

/** Runs graphs. */
export interface Engine {
  /** For instance `onnxruntime-node`. */
  readonly id: string
  /** What it is and why it was taken, for logs and protocols. */
  readonly description: string
  /** The library's version, for protocols. */
  readonly version: string
  /**
   * Prepares a plan for one weight state; expressions over parameters alone are evaluated here, once.
   * @throws ENGINE when a parameter has no value or the engine cannot run an operator.
   */
  open(plan: Plan, weights: Weights): Promise<Session>
}
