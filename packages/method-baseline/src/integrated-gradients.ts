import {
  defineMethod,
  SaliencyError,
  type OptionValues,
  type Sample,
  type SamplingMethod,
} from '@saliency/core'

/** Options of integrated gradients. */
export const integratedGradientsOptions = {
  of: {
    type: 'string',
    default: 'guided/gradient',
    description:
      'The variant whose maps are averaged along the path; the plain gradient makes the map complete.',
  },
  steps: {
    type: 'integer',
    minimum: 2,
    maximum: 10_000,
    default: 50,
    description: 'How many points on the path.',
  },
  scheme: {
    type: 'choice',
    choices: [
      'riemann-middle',
      'riemann-left',
      'riemann-right',
      'trapezoid',
      'captum-trapezoid',
      'gauss-legendre',
      'inclusive',
    ],
    default: 'riemann-middle',
    description:
      "Where the points lie; captum-trapezoid: Captum's weights, which sum to 1 − 1/steps; inclusive: evenly spaced with both ends, all of equal weight.",
  },
} as const

type Scheme = OptionValues<typeof integratedGradientsOptions>['scheme']

interface Point {
  /** Position on the path from 0 (the baseline) to 1 (the image). */
  readonly at: number
  readonly weight: number
}

/** The root of the Legendre polynomial of degree `steps`, found by Newton's method, and its weight, moved to [0, 1]. */
function legendrePoint(step: number, steps: number): Point {
  let x = -Math.cos((Math.PI * (step + 0.75)) / (steps + 0.5))
  let slope = 0
  for (let round = 0; round < 20; round++) {
    let previous = 1
    let value = x
    for (let degree = 2; degree <= steps; degree++) {
      const next = ((2 * degree - 1) * x * value - (degree - 1) * previous) / degree
      previous = value
      value = next
    }
    slope = (steps * (x * value - previous)) / (x * x - 1)
    x -= value / slope
  }
  return { at: (x + 1) / 2, weight: 1 / ((1 - x * x) * slope * slope) }
}

/** The points and weights of a quadrature with `steps` points on [0, 1]. */
const schemes: Readonly<Record<Scheme, (step: number, steps: number) => Point>> = {
  'riemann-middle': (step, steps) => ({ at: (step + 0.5) / steps, weight: 1 / steps }),
  'riemann-left': (step, steps) => ({ at: step / steps, weight: 1 / steps }),
  'riemann-right': (step, steps) => ({ at: (step + 1) / steps, weight: 1 / steps }),
  trapezoid: (step, steps) => ({
    at: step / (steps - 1),
    weight: (step === 0 || step === steps - 1 ? 0.5 : 1) / (steps - 1),
  }),
  'captum-trapezoid': (step, steps) => ({
    at: step / (steps - 1),
    weight: (step === 0 || step === steps - 1 ? 0.5 : 1) / steps,
  }),
  'gauss-legendre': legendrePoint,
  inclusive: (step, steps) => ({ at: step / (steps - 1), weight: 1 / steps }),
}

/** Integrated gradients from a baseline of zeros in the preprocessed space: x · mean of ∂f/∂x along s · x. */
export const integratedGradients: SamplingMethod<typeof integratedGradientsOptions> = defineMethod({
  contract: 1,
  id: 'integrated-gradients',
  title: 'Integrated gradients',
  references: [
    'Sundararajan, Taly, Yan 2017, Axiomatic Attribution for Deep Networks, equation 1 (arXiv:1703.01365)',
  ],
  options: integratedGradientsOptions,
  variants: {
    'integrated-gradients': {
      description: "50 midpoints from zeros in the network's own input space (the steps of Adebayo et al.).",
      handling: 'signed',
      options: {},
      traits: { odd: true },
    },
    'integrated-gradients-20': {
      description: '20 midpoints (the steps of Hedström et al.).',
      handling: 'signed',
      options: { steps: 20 },
      traits: { odd: true },
    },
    'integrated-guided': {
      description: 'The same path around guided backpropagation: no longer complete.',
      handling: 'positive',
      counterpart: 'integrated-gradients',
      options: { of: 'guided/guided' },
    },
  },
  traits: { resolution: 'input' },
  kind: 'sampling',
  of: ({ of }) => of,
  *samples({ image, options }): Iterable<Sample> {
    const scheme = schemes[options.scheme]
    for (let step = 0; step < options.steps; step++) {
      const { at, weight } = scheme(step, options.steps)
      yield { input: image.map((value) => at * value), weight }
    }
  },
  finish(sum, { image, options }) {
    if (sum.length !== image.length) {
      throw new SaliencyError(
        'INVALID_OPTION',
        `integrated-gradients: option 'of': '${options.of}' gives one value for several of the image's, so it cannot be ` +
          'multiplied by the image; wrap a variant whose map has the shape of the image.',
      )
    }
    for (const [index, value] of image.entries()) sum[index] = (sum[index] as number) * value
  },
})
