import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = join(
  process.env['SALIENCY_REFERENCE'] ?? fileURLToPath(new URL('../../../../../shared', import.meta.url)),
  'reference/peer-cases',
)

/** Whether the numbers of other libraries are at hand; tests that need them are skipped where they are not. */
export const hasPeerCases: boolean = existsSync(join(folder, 'cases.json'))

/** Numbers in nested lists, channels last. */
export type Nested = number | readonly Nested[]

/** One layer of a peer's model, channels last. */
export interface PeerLayer {
  readonly name: string
  readonly type: string
  readonly inputs: readonly string[]
  readonly kernel?: Nested
  readonly bias?: readonly number[] | null
  readonly strides?: readonly [number, number]
  readonly dilations?: readonly [number, number]
  readonly padding?: 'valid' | 'same'
  readonly poolSize?: readonly [number, number]
  readonly gamma?: readonly number[]
  readonly beta?: readonly number[]
  readonly mean?: readonly number[]
  readonly variance?: readonly number[]
  readonly epsilon?: number
}

/** A peer's model. */
export interface PeerModel {
  readonly layers: readonly PeerLayer[]
  readonly output: string
  readonly inputs: { readonly input: readonly number[] }
}

/** What the parameters of a case may hold. */
export type Params = Readonly<Record<string, unknown>>

/** One known answer. */
export interface PeerCase {
  readonly id: string
  readonly kind: string
  readonly model: string
  readonly input: string
  readonly targets: readonly number[] | null
  readonly method: string
  readonly params: Params
  readonly layer: string | null
  readonly expected: Nested
  readonly expectedShape: readonly number[]
  readonly layout: 'NHWC' | 'NHW' | 'NC' | 'N'
  readonly tolerance: { readonly abs: number; readonly rel: number }
  readonly source: { readonly repo: string }
}

/** A pure function of given arrays. */
export interface ArithmeticCase {
  readonly id: string
  readonly method: string
  readonly params: Params
  readonly given: Params
  readonly expected: unknown
  readonly tolerance: { readonly abs: number; readonly rel: number }
}

interface CasesFile {
  readonly models: Readonly<Record<string, PeerModel>>
  readonly inputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Nested }>>
  readonly cases: readonly PeerCase[]
  readonly arithmetic: readonly ArithmeticCase[]
}

/** iNNvestigate's answers for one analyser on one-layer models. */
export interface LayerReference {
  readonly analyzer: string
  readonly input: { readonly shape: readonly number[]; readonly data: Nested }
  readonly layers: Readonly<
    Record<
      string,
      {
        readonly layer: Omit<PeerLayer, 'name' | 'inputs'>
        readonly relu: boolean
        readonly neuron: readonly number[]
        readonly neuronValue: readonly number[]
        readonly attribution: Nested
        readonly shape: readonly number[]
      }
    >
  >
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))

export const peerCases: CasesFile = hasPeerCases
  ? (read('cases.json') as CasesFile)
  : { models: {}, inputs: {}, cases: [], arithmetic: [] }

export const layerReferences: readonly LayerReference[] = hasPeerCases
  ? (read('innvestigate-layers.json') as { references: readonly LayerReference[] }).references
  : []

/** All numbers of a nested list in order. */
export function flat(nested: Nested): number[] {
  return typeof nested === 'number' ? [nested] : nested.flatMap(flat)
}
