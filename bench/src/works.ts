import { findVariantById, type Method, type ResolvedVariant } from '@saliency/core'
import attention from '@saliency/method-attention'
import baseline from '@saliency/method-baseline'
import fullgrad from '@saliency/method-fullgrad'
import gradcampp from '@saliency/method-gradcampp'
import guided from '@saliency/method-guided'
import { lrp } from '@saliency/method-lrp'
import rectgrad from '@saliency/method-rectgrad'

/** Every shipped method. */
export const methods: readonly Method[] = [
  guided,
  gradcampp,
  fullgrad,
  lrp,
  rectgrad,
  baseline,
  attention,
].flat() as Method[]

/** One row of the table: what is computed in one run, and how many forward passes it may cost. */
export interface Work {
  readonly name: string
  /** Ids of variants; `method/*` stands for all of a method that are part of the graph. */
  readonly variants: readonly string[]
  /** The limit counts what comes on top of the plain gradient. */
  readonly added?: boolean
  readonly limit?: number
  /** Only for networks with attention over tokens; its limit is for all of them. */
  readonly transformers?: true
  /** The limit is per variant. */
  readonly perVariant?: boolean
}

const gradient = 'guided/gradient'

/** Attention maps that take what one backward pass brings; the others walk the graph by themselves. */
const attentionMaps = Object.entries(attention.variants).flatMap(([name, { options }]) =>
  options.map === 'legrad' || options.map === 'beyond-intuition' ? [] : [`attention/${name}`],
)

/** Every family, each positive variant beside its signed counterpart. */
const study = [
  'guided/*',
  ...[
    'gradcam',
    'gradcam-plus',
    'gradcam-absolute',
    'gradcampp',
    'gradcampp-signed',
    'hirescam',
    'layercam',
  ].map((variant) => `gradcampp/${variant}`),
  ...['fullgrad', 'fullgrad-positive', 'fullgrad-negative', 'fullgrad-signed'].map(
    (variant) => `fullgrad/${variant}`,
  ),
  ...['epsilon', 'epsilon-plus', 'epsilon-gamma', 'epsilon-alpha2-beta1', 'z-plus'].map(
    (variant) => `lrp/${variant}`,
  ),
  ...['rectgrad-98', 'rectgrad-98-signed'].map((variant) => `rectgrad/${variant}`),
  'baseline/*',
]

/** The works whose cost is limited, in forward passes of the same model, engine and batch. */
export const works: readonly Work[] = [
  { name: 'gradient', variants: [gradient], limit: 2.25 },
  {
    name: 'gradient + guided + deconvnet',
    variants: [gradient, 'guided/guided', 'guided/deconvnet'],
    limit: 5.2,
  },
  { name: 'CAM family, added to gradient', variants: [gradient, 'gradcampp/*'], added: true, limit: 0.2 },
  {
    name: 'one FullGrad, added to gradient',
    variants: [gradient, 'fullgrad/fullgrad'],
    added: true,
    limit: 0.5,
  },
  { name: 'all of FullGrad, added to gradient', variants: [gradient, 'fullgrad/*'], added: true, limit: 1.5 },
  { name: 'LRP epsilon', variants: ['lrp/epsilon'], limit: 2.6 },
  { name: 'LRP epsilon-plus', variants: ['lrp/epsilon-plus'], limit: 3.8 },
  { name: 'LRP alpha2-beta1', variants: ['lrp/epsilon-alpha2-beta1'], limit: 7 },
  {
    name: 'one RectGrad, added to gradient',
    variants: [gradient, 'rectgrad/rectgrad-98'],
    added: true,
    limit: 3,
  },
  {
    name: 'attention maps of one gradient, added to it',
    variants: [gradient, ...attentionMaps],
    transformers: true,
    added: true,
    limit: 0.5,
  },
  {
    name: 'one LeGrad, added to gradient',
    variants: [gradient, 'attention/legrad'],
    transformers: true,
    added: true,
    limit: 1.5,
  },
  {
    name: 'one Beyond Intuition, added to gradient',
    variants: [gradient, 'attention/beyond-intuition'],
    transformers: true,
    added: true,
    limit: 25,
  },
  { name: 'CP-LRP without ε', variants: ['lrp/cp-lrp-0'], transformers: true, limit: 3 },
  { name: 'AttnLRP without ε', variants: ['lrp/attn-lrp-0'], transformers: true, limit: 3.5 },
  { name: 'AttnLRP', variants: ['lrp/attn-lrp-epsilon'], transformers: true, limit: 3.5 },
  { name: 'the study preset', variants: study, limit: 18 },
  {
    name: 'all deterministic variants, per variant',
    variants: methods.map(({ id }) => `${id}/*`),
    perVariant: true,
    limit: 0.7,
  },
]

/** The variants of a work that are part of the graph and need no noise. */
export function variantsOf({ variants }: Work): readonly ResolvedVariant[] {
  const ids = variants.flatMap((id) => {
    const [method, variant] = id.split('/')
    const found = methods.find((candidate) => candidate.id === method)
    return variant === '*' ? Object.keys(found?.variants ?? {}).map((name) => `${method}/${name}`) : [id]
  })
  return [...new Set(ids)]
    .filter((id) => id !== 'baseline/random')
    .map((id) => findVariantById(methods, id))
    .filter(({ method }) => method.kind !== 'sampling')
}
