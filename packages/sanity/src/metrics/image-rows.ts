import type { CheckImage, Row } from '@saliency/core'

/** A number, or why there is none. */
export type Measured = number | { readonly undefined: string }

/** What a measure says of one image, by metric. */
export type Measurements = Readonly<Record<string, Measured>>

/** Says that a metric has no value, and why. */
export function noValue(reason: string): Measured {
  return { undefined: reason }
}

/** One row a metric; a value that is not finite becomes an undefined one. */
export function rowsOfImage(
  base: Pick<Row, 'variant' | 'condition' | 'protocol'>,
  image: CheckImage,
  measurements: Measurements,
): Row[] {
  return Object.entries(measurements).map(([metric, measured]): Row => {
    const place = { metric, ...base, image: image.id }
    if (typeof measured === 'object')
      return { ...place, value: null, status: 'undefined', note: measured.undefined }
    if (Number.isFinite(measured)) return { ...place, value: measured, status: 'ok' }
    return { ...place, value: null, status: 'undefined', note: 'the value is not finite' }
  })
}

/** The same reason for several metrics. */
export function allUndefined(metrics: readonly string[], reason: string): Measurements {
  return Object.fromEntries(metrics.map((metric) => [metric, noValue(reason)]))
}
