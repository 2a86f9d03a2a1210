import { presets as protocols } from '@saliency/sanity'
import type { Config } from '../config/schema.ts'

/** A published protocol over every method: its numbers are shown, and nothing is judged by them. */
function published(name: keyof typeof protocols): Config {
  const checks = protocols[name].checks.map(([id, options]): [string, typeof options] => [id, options])
  return { methods: ['all'], checks, out: `runs/${name}` }
}

/** Defaults by name; what a config or the command line says comes first. */
export const presets = {
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
} as const satisfies Record<string, Config>
