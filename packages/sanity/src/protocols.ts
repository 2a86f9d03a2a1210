import { type Check, type Options, resolveOptions } from '@saliency/core'
import { classSensitivity } from './checks/class-sensitivity.ts'
import { efficientMprt } from './checks/efficient-mprt.ts'
import { parameterRandomization } from './checks/parameter-randomization.ts'
import { type PresetName, presets } from './presets.ts'

/** What one published protocol says of one axis: a check, one number of it, and how the number is read. */
export interface ProtocolPart {
  readonly name: PresetName
  readonly axis: 'class' | 'parameters'
  readonly check: Check
  readonly options: Options
  readonly metric: string
  /** A similarity that stays high, or an entropy that does not rise, means that nothing depends. */
  readonly reading: 'similarity' | 'rise'
}

const similarity = (
  name: PresetName,
  axis: ProtocolPart['axis'],
  check: Check,
  metric: string,
): Omit<ProtocolPart, 'options'> => ({ name, axis, check, metric, reading: 'similarity' })

/** The number by which each protocol decides: the first similarity of its preset; the entropy of Hedström et al. */
const decisions: readonly Omit<ProtocolPart, 'options'>[] = [
  similarity('adebayo-2018', 'parameters', parameterRandomization, 'spearman'),
  similarity('pathwaygrad-2021', 'parameters', parameterRandomization, 'spearman'),
  similarity('sixt-2020', 'class', classSensitivity, 'ssim'),
  similarity('sixt-2020', 'parameters', parameterRandomization, 'ssim'),
  similarity('binder-2023', 'parameters', parameterRandomization, 'ssim'),
  {
    name: 'hedstrom-2024',
    axis: 'parameters',
    check: efficientMprt,
    metric: 'entropy-rise',
    reading: 'rise',
  },
]

/** Every protocol's parts with all options, of the preset and of the study. */
export function protocolParts(steps: number): ProtocolPart[] {
  return decisions.map((decision) => {
    const { name, check, metric } = decision
    const [, given = {}] = presets[name].checks.find(([id]) => id === check.id) ?? []
    const own = {
      ...given,
      ...('similarities' in check.options && { similarities: metric }),
      ...('steps' in check.options && { steps }),
    }
    return { ...decision, options: resolveOptions(check.id, check.options, own) as Options }
  })
}
