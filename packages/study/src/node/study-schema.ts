import * as v from 'valibot'
import type { StudyRecord } from '../store/study-record.ts'

const listOf = <E extends v.ObjectEntries>(entries: E) => v.array(v.looseObject(entries))
const texts = v.array(v.string())
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const options = v.record(v.string(), v.union([v.number(), v.boolean(), v.string(), v.null()]))
const kind = v.looseObject({ kind: v.string() })

/** Of a description, what is read without looking. */
const stored = v.looseObject({
  format: v.literal(1),
  run: v.string(),
  created: v.string(),
  engine: v.string(),
  machine: v.string(),
  identity: v.looseObject({
    model: v.looseObject({ name: v.string(), sha256: v.string() }),
    images: v.looseObject({ name: v.string(), count, sha256: v.string() }),
    variants: listOf({
      id: v.string(),
      handling: v.string(),
      counterpart: v.optional(v.string()),
      control: v.boolean(),
      title: v.string(),
      description: v.string(),
      references: texts,
      options,
      package: v.string(),
      version: v.string(),
    }),
    checks: listOf({
      id: v.string(),
      title: v.string(),
      references: texts,
      options,
      package: v.string(),
      version: v.string(),
    }),
    seed: v.number(),
    engine: v.looseObject({ id: v.string(), version: v.string() }),
    batchSize: count,
    perSession: count,
    versions: v.record(v.string(), v.string()),
  }),
  units: listOf({ id: v.string(), state: count, from: count, to: count }),
  originalConditions: v.optional(
    listOf({ weights: kind, target: v.looseObject({ policy: v.string() }), input: kind }),
  ),
  images: listOf({ id: v.string(), label: v.optional(v.number()), labels: v.optional(v.array(v.number())) }),
  classes: v.optional(texts),
  unavailable: listOf({ id: v.string(), reason: v.string() }),
  leftOut: v.optional(texts),
  skipped: listOf({ id: v.string(), reason: v.string() }),
  selfChecks: v.optional(
    listOf({
      checked: v.string(),
      result: v.picklist(['holds', 'fails', 'not checked']),
      detail: v.string(),
    }),
  ),
  preset: v.optional(v.string()),
})

/** Whether data has all of a description that is read without looking. */
export function isStudyRecord(data: unknown): data is StudyRecord {
  return v.is(stored, data)
}
