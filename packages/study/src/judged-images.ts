import type { Summary } from '@saliency/core'
import type { StudyRow } from './store/rows.ts'

/** What a judged run says of its images. */
export interface JudgedImages {
  /** Images with rows, by id. */
  readonly seen: ReadonlySet<string>
  /**
   * Mean similarity of each image's maps before and after the change, over all variants but the controls: the similarity
   * that the first verdicts of the study are drawn from. Empty where there are none.
   */
  readonly similarity: ReadonlyMap<string, number>
}

type Sums = Map<string, { sum: number; count: number }>

/** Collects what rows say of images, check by check. */
export interface ImageTally extends JudgedImages {
  add(rows: readonly StudyRow[]): void
  /** Ends a check, whose summary tells whether it gives verdicts. */
  endCheck(summary: Summary): void
}

/** @param controls variants that say nothing of a model */
export function tallyImages(controls: ReadonlySet<string>): ImageTally {
  const seen = new Set<string>()
  let similarity: ReadonlyMap<string, number> | undefined
  let byMetric = new Map<string, Sums>()

  function addTo(sums: Sums, { image, value }: StudyRow): void {
    const known = sums.get(image)
    if (value === null) return
    if (!known) return void sums.set(image, { sum: value, count: 1 })
    known.sum += value
    known.count += 1
  }

  return {
    seen,
    get similarity() {
      return similarity ?? new Map()
    },
    add(rows) {
      for (const row of rows) {
        seen.add(row.image)
        if (similarity || row.other !== undefined || controls.has(row.variant)) continue
        const sums: Sums = byMetric.get(row.metric) ?? new Map()
        byMetric.set(row.metric, sums)
        addTo(sums, row)
      }
    },
    endCheck({ findings }) {
      const verdict = findings.find(({ kind }) => kind === 'verdict')
      if (!similarity && verdict?.kind === 'verdict') {
        const sums = byMetric.get(verdict.similarity) ?? new Map()
        similarity = new Map([...sums].map(([image, { sum, count }]) => [image, sum / count]))
      }
      byMetric = new Map()
    },
  }
}
