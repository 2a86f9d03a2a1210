import { SaliencyError } from '@saliency/core'
import { presets as protocols } from '@saliency/sanity'
import { isDemoModel } from '@saliency/zoo'
import type { Config } from '../config/config.ts'

/** A published protocol over every method: its numbers are shown, and nothing is judged by them. */
function published(name: keyof typeof protocols): Config {
  const checks = protocols[name].checks.map(([id, options]): [string, typeof options] => [id, options])
  return { methods: ['all'], checks, out: `runs/${name}` }
}

/** Defaults by name; what a config or the command line says comes first. */
const presets: Readonly<Record<NonNullable<Config['preset']>, Config>> = {
  /** A first study in a minute, on data and a network that are inside the package. */
  demo: {
    model: 'residual',
    images: { procedural: 'shapes', count: 104 },
    methods: [
      'guided',
      'gradcampp/gradcam',
      'gradcampp/gradcam-plus',
      'gradcampp/gradcampp',
      'gradcampp/gradcampp-signed',
      'rectgrad/rectgrad-80',
      'rectgrad/rectgrad-80-signed',
      'baseline',
    ],
    checks: [
      ['class-sensitivity', { similarities: 'spearman' }],
      ['parameter-randomization', { similarities: 'spearman', draws: 5, steps: 3 }],
    ],
    out: 'runs/demo',
  },
  /** Every family, each positive variant beside its signed counterpart, both axes and all similarities. */
  study: {
    methods: ['all'],
    checks: ['class-sensitivity', 'parameter-randomization'],
    out: 'runs/study',
  },
  'adebayo-2018': published('adebayo-2018'),
  'pathwaygrad-2021': published('pathwaygrad-2021'),
  'sixt-2020': published('sixt-2020'),
  'binder-2023': published('binder-2023'),
  'hedstrom-2024': published('hedstrom-2024'),
}

/** What the demo shows of its vision transformer: attention has methods of its own, each beside its signed sibling. */
const transformerMethods = [
  'guided/gradient',
  'gradcampp/gradcam-no-relu',
  'gradcampp/gradcam-plus',
  'attention/rollout',
  'attention/genatt',
  'attention/genatt-no-relu',
  'attention/legrad',
  'attention/legrad-no-relu',
  'attention/agcam',
  'attention/agcam-no-relu',
  'lrp/cp-lrp-epsilon',
  'lrp/cp-lrp-gamma',
  'baseline',
]

/** A study's configuration with nothing left open but what is found out from the model. */
export interface Settings extends Omit<Config, 'model' | 'images' | 'methods' | 'checks' | 'seed' | 'out'> {
  readonly model: string
  readonly images: NonNullable<Config['images']>
  readonly methods: NonNullable<Config['methods']>
  readonly checks: NonNullable<Config['checks']>
  readonly seed: number
  readonly out: string
}

/** What a study is about where nothing is named: the same as the demo's. The built-in networks bring their images. */
function withData(config: Config): Config {
  const { model = config.preset === 'study' && !config.images ? presets.demo.model : undefined } = config
  if (model === undefined || config.images) return config
  return { ...config, model, ...(isDemoModel(model) && { images: presets.demo.images }) }
}

/** A preset's defaults for a model. */
function presetFor(name: NonNullable<Config['preset']>, model: string | undefined): Config {
  const preset = presets[name]
  const isTransformer = model === 'vit' || model === 'vit-permuted'
  return name === 'demo' && isTransformer ? { ...preset, methods: transformerMethods } : preset
}

/** Drops what is not given, so that it does not hide what is. */
function given(config: Config): Config {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as Config
}

/**
 * Puts together what the command line, the config and the preset say, in this order.
 * @throws INVALID_CONFIG if no model or no images are named.
 */
export function resolveSettings(flags: Config, config: Config): Settings {
  const preset = flags.preset ?? config.preset
  const merged = withData({
    methods: ['all'],
    checks: ['class-sensitivity', 'parameter-randomization'],
    seed: 1,
    out: 'runs/study',
    ...(preset !== undefined && presetFor(preset, flags.model ?? config.model)),
    ...given(config),
    ...given(flags),
  })
  const { model, images, methods = [], checks = [], seed = 1, out = 'runs/study' } = merged
  if (model === undefined || images === undefined) {
    const what = model === undefined ? 'model' : 'images'
    throw new SaliencyError(
      'INVALID_CONFIG',
      `No ${what} given: write a saliency.config.ts with model and images, give --model and --images, or try \`saliency run --preset demo\`.`,
    )
  }
  return { ...merged, model, images, methods, checks, seed, out }
}
