import type { Config } from '../config/config.ts'

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
} as const satisfies Record<string, Config>
