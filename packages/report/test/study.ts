import { type FloatTensor, tensor } from '@saliency/core'
import type { JudgedImages, Picture, StudyRecord, StudySummary, VariantRecord } from '../src/index.ts'

const ids = ['ant.png', 'bee.png', 'cat.png', 'dog.png', 'elk.png', 'fox.png'] as const

function variant(name: string, facts: Partial<VariantRecord>): VariantRecord {
  return {
    id: `guided/${name}`,
    handling: 'signed',
    start: 'one-hot',
    control: false,
    method: 'guided',
    title: 'Guided backpropagation',
    description: `What ${name} computes.`,
    references: [],
    options: {},
    package: '@saliency/method-guided',
    version: '1.0.0',
    ...facts,
  }
}

/** Two variants, of which one keeps positive gradients alone, on six images. */
export const record: StudyRecord = {
  run: '0123456789ab',
  created: '2025-06-01T12:00:00.000Z',
  identity: {
    model: { name: 'net', sha256: '00' },
    preprocess: { layout: 'nchw' },
    images: { name: 'photos', count: ids.length },
    variants: [
      variant('gradient', {}),
      variant('guided', { handling: 'positive', counterpart: 'guided/gradient' }),
    ],
    checks: [
      { title: 'Classes', options: { threshold: 0.5 }, package: '@saliency/sanity', version: '1.0.0' },
    ],
    seed: 1,
    engine: { id: 'onnxruntime-node', version: '1.0.0' },
    batchSize: 8,
    perSession: 2,
    versions: { runner: '1.0.0', core: '1.0.0' },
  },
  images: ids.map((id) => ({ id })),
  unavailable: [],
  skipped: [],
  engine: 'onnxruntime-node 1.0.0',
  machine: 'two processors',
}

/** The similarity of each image's maps for two classes: lowest for fox.png, highest for ant.png. */
export const judgedImages: JudgedImages = {
  seen: new Set(ids),
  similarity: new Map(ids.map((id, at) => [id, 0.9 - at / 10])),
}

/** What findings have in common. */
export const found = { metric: 'spearman', images: ids.length, undefinedCount: 0 }
const judged = { thresholds: [], changes: false, similarity: 'spearman', draws: 1, emptySteps: 0 }
const points = [
  { x: 0, label: 'the image', y: 1 },
  { x: 1, label: 'half of it', y: 0.5, low: 0.4, high: 0.6 },
]

/** One check with a verdict for each variant, a contrast, and a figure of each kind. */
export const summary: StudySummary = {
  rows: ids.length,
  failures: [],
  checks: [
    {
      id: 'classes',
      title: 'Classes',
      changes: 'the class',
      findings: [
        { ...found, ...judged, kind: 'verdict', variant: 'guided/gradient', value: 0.05, outcome: 'depends' },
        {
          ...found,
          ...judged,
          kind: 'verdict',
          variant: 'guided/guided',
          value: 0.8,
          outcome: 'does not depend',
        },
        {
          ...found,
          kind: 'contrast',
          variant: 'guided/guided',
          counterpart: 'guided/gradient',
          value: 0.25,
          interval: [0.2, 0.3],
          dependence: 0.1,
          counterpartDependence: 0.4,
          p: 0.01,
        },
      ],
      figures: [
        { kind: 'curve', title: 'Lines', caption: 'Along steps.', x: 'step', lines: [{ name: 's', points }] },
        {
          kind: 'forest',
          title: 'Values',
          caption: 'With intervals.',
          points: [{ label: 'guided', name: 's', value: 0.8, interval: [0.7, 0.9] }],
        },
        {
          kind: 'matrix',
          title: 'Shades',
          caption: 'With numbers.',
          rows: ['ant', 'bee'],
          columns: ['ant', 'bee'],
          values: [
            [1, 0.25],
            [null, 1],
          ],
        },
      ],
    },
  ],
}

/** A picture of 2 × 2 pixels: black and white above, red and green below. */
export const picture: Picture = {
  height: 2,
  width: 2,
  pixels: Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 0),
}

/** A map `[1, 1, 2, 2]` for each variant. */
export const maps: ReadonlyMap<string, FloatTensor> = new Map(
  record.identity.variants.map(({ id }) => [id, tensor(Float32Array.of(0, 1, -1, 0), [1, 1, 2, 2])]),
)
