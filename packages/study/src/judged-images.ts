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

interface Sum {
  readonly sum: number
  readonly count: number
}

/** What the rows of one variant say of images. */
export interface ImageSums {
  readonly seen: ReadonlySet<string>
  /** Sums of similarities on the same image, by metric and image; empty where nobody wants them. */
  readonly sums: ReadonlyMap<string, ReadonlyMap<string, Sum>>
}

/** @param wanted whether similarities are summed */
export function sumsOf(rows: readonly StudyRow[], wanted: boolean): ImageSums {
  const seen = new Set<string>()
  const sums = new Map<string, Map<string, { sum: number; count: number }>>()
  for (const { image, other, metric, value } of rows) {
    seen.add(image)
    if (!wanted || other !== undefined || value === null) continue
    const own = sums.get(metric) ?? new Map<string, { sum: number; count: number }>()
    sums.set(metric, own)
    const known = own.get(image)
    if (!known) {
      own.set(image, { sum: value, count: 1 })
      continue
    }
    known.sum += value
    known.count += 1
  }
  return { seen, sums }
}

/** Collects what variants say of images, check by check. */
export interface ImageTally extends JudgedImages {
  /** Whether similarities of this variant would count. */
  wants(variant: string): boolean
  add(found: ImageSums): void
  /** Ends a check, whose summary tells whether it gives verdicts. */
  endCheck(summary: Summary): void
}

/** @param controls variants that say nothing of a model */
export function tallyImages(controls: ReadonlySet<string>): ImageTally {
  const seen = new Set<string>()
  let similarity: ReadonlyMap<string, number> | undefined
  let byMetric = new Map<string, Map<string, Sum>>()
  return {
    seen,
    get similarity() {
      return similarity ?? new Map()
    },
    wants: (variant) => !similarity && !controls.has(variant),
    add(found) {
      for (const image of found.seen) seen.add(image)
      for (const [metric, images] of found.sums) {
        const sums = byMetric.get(metric) ?? new Map<string, Sum>()
        byMetric.set(metric, sums)
        for (const [image, { sum, count }] of images) {
          const known = sums.get(image) ?? { sum: 0, count: 0 }
          sums.set(image, { sum: known.sum + sum, count: known.count + count })
        }
      }
    },
    endCheck({ findings }) {
      const verdict = findings.find(({ kind }) => kind === 'verdict')
      if (!similarity && verdict?.kind === 'verdict') {
        const sums = byMetric.get(verdict.similarity) ?? new Map<string, Sum>()
        similarity = new Map([...sums].map(([image, { sum, count }]) => [image, sum / count]))
      }
      byMetric = new Map()
    },
  }
}
