import type { Config } from '../config/schema.ts'

/** Defaults by name; what a config or the command line says comes first. */
export const presets = {
  /** A first study in a minute, on data and a network that are inside the package. */
  demo: {
    model: 'residual',
    images: { procedural: 'shapes', count: 48 },
    methods: [
      'guided',
      'gradcampp/gradcam-signed',
      'gradcampp/gradcam',
      'gradcampp/gradcam-plus-pixel',
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
