import { type Check, type Options, resolveOptions } from '@saliency/core'
import { classSensitivity } from './checks/class-sensitivity.ts'
import { COSINE_CONVERGENCE } from './checks/convergence-summary.ts'
import { cosineConvergence } from './checks/cosine-convergence.ts'
import { efficientMprt } from './checks/efficient-mprt.ts'
import { parameterRandomization } from './checks/parameter-randomization.ts'
import { smoothMprt } from './checks/smooth-mprt.ts'
import { type PresetName, presets } from './presets.ts'

/** What one published protocol says of one axis: a check, one number of it, and how the number is read. */
export interface ProtocolPart {
  readonly name: PresetName
  /** The preset's name, and which of its tests where it has several for one axis. */
  readonly published: string
  readonly axis: 'class' | 'parameters'
  readonly check: Check
  readonly options: Options
  readonly metric: string
  /** A similarity that stays high, signals that converge, or an entropy that does not rise: nothing depends. */
  readonly reading: 'similarity' | 'convergence' | 'rise'
}

type Decision = Omit<ProtocolPart, 'options'>

const similarity = (
  name: PresetName,
  axis: ProtocolPart['axis'],
  check: Check,
  metric: string,
): Decision => ({ name, published: name, axis, check, metric, reading: 'similarity' })

/** The numbers by which each protocol decides: the first similarity of each of its checks, and what it reads otherwise. */
const decisions: readonly Decision[] = [
  similarity('adebayo-2018', 'parameters', parameterRandomization, 'spearman'),
  similarity('pathwaygrad-2021', 'parameters', parameterRandomization, 'spearman'),
  similarity('sixt-2020', 'class', classSensitivity, 'ssim'),
  similarity('sixt-2020', 'parameters', parameterRandomization, 'ssim'),
  {
    ...similarity('sixt-2020', 'parameters', cosineConvergence, COSINE_CONVERGENCE),
    published: 'sixt-2020 (convergence)',
    reading: 'convergence',
  },
  similarity('binder-2023', 'parameters', parameterRandomization, 'ssim-second-moment'),
  {
    ...similarity('hedstrom-2024', 'parameters', smoothMprt, 'ssim-flat'),
    published: 'hedstrom-2024 (smooth MPRT)',
  },
  {
    ...similarity('hedstrom-2024', 'parameters', efficientMprt, 'entropy-rise'),
    published: 'hedstrom-2024 (efficient MPRT)',
    reading: 'rise',
  },
]

/**
 * Every protocol's parts with all options, of the preset and of the study.
 * @param study how many steps a cascade has at most, and how many noisy inputs smooth MPRT averages
 */
export function protocolParts(study: { readonly steps: number; readonly samples: number }): ProtocolPart[] {
  return decisions.map((decision) => {
    const { name, check, metric } = decision
    const [, given = {}] = presets[name].checks.find(([id]) => id === check.id) ?? []
    const own = {
      ...given,
      ...('similarities' in check.options && { similarities: metric }),
      ...('steps' in check.options && { steps: study.steps }),
      ...('samples' in check.options && { samples: study.samples }),
    }
    return { ...decision, options: resolveOptions(check.id, check.options, own) as Options }
  })
}
