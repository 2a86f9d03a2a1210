import { createGraph, type FloatTensor, type Graph, type Value } from '@saliency/core'
import { followBatch, type BatchFollower } from './batch/follow-batch.ts'
import type { ModelFormat, SourceInput, SourceOutput } from './imported-model.ts'

/** What every importer fills while it walks its source: a graph, the weights beside it, and the kinds of its layers. */
export interface ImportSession {
  readonly graph: Graph
  /** Where the batch lies in the graph's values. */
  readonly batch: BatchFollower
  readonly weights: Map<string, FloatTensor>
  readonly kinds: Map<string, string>
}

/** Starts an empty import: for batches of any size, or for one image alone. */
export function createImportSession(images?: 1): ImportSession {
  const graph = createGraph({ batch: images })
  return { graph, batch: followBatch(graph), weights: new Map(), kinds: new Map() }
}

/** A name that is not in `taken` yet: `name`, then `name:2`, `name:3`, … */
export function uniqueName(name: string, taken: { has(name: string): boolean }): string {
  let unique = name
  for (let count = 2; taken.has(unique); count++) unique = `${name}:${count}`
  return unique
}

/** What an importer has found once its walk is over. */
export interface Finished {
  readonly name: string
  readonly format: ModelFormat
  readonly input: SourceInput
  readonly image: Value
  readonly outputs: readonly (SourceOutput & { readonly value: Value })[]
}
