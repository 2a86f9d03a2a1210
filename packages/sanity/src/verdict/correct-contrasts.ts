import type { Contrast, Finding } from '@saliency/core'
import { holm } from '../statistics/holm.ts'

/**
 * Holm's correction over all comparable contrasts among `findings`: adds `pHolm` and `pairs`.
 * A check applies it to its own; a report applies it again to the findings of all checks of a run, because the family of
 * tests is the run's.
 */
export function correctContrasts(findings: readonly Finding[]): Finding[] {
  const tested = findings.filter(
    (finding): finding is Contrast & { p: number } =>
      finding.kind === 'contrast' && finding.value !== null && finding.p !== undefined,
  )
  const adjusted = holm(tested.map(({ p }) => p))
  const byFinding = new Map<Finding, number>(tested.map((finding, i) => [finding, adjusted[i]!]))
  return findings.map((finding) => {
    const pHolm = byFinding.get(finding)
    return pHolm === undefined ? finding : ({ ...finding, pHolm, pairs: tested.length } as Contrast)
  })
}
