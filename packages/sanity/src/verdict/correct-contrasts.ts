import type { Finding } from '@saliency/core'
import { holm } from '../statistics/holm.ts'
import { RETAINED } from './findings.ts'

/**
 * Holm's correction over all comparable contrasts among `findings`: writes `pHolm` and `pairs` into their details.
 * A check applies it to its own; a report applies it again to the findings of all checks of a run, because the family of
 * tests is the run's.
 */
export function correctContrasts(findings: readonly Finding[]): Finding[] {
  const tested = findings.filter(
    ({ metric, value, details }) =>
      metric === RETAINED && value !== null && typeof details?.['p'] === 'number',
  )
  const adjusted = holm(tested.map((finding) => Number(finding.details?.['p'])))
  const byFinding = new Map(tested.map((finding, i) => [finding, adjusted[i]!]))
  return findings.map((finding) => {
    const pHolm = byFinding.get(finding)
    if (pHolm === undefined) return finding
    return { ...finding, details: { ...finding.details, pHolm, pairs: tested.length } }
  })
}
