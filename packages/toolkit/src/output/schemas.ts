import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { modelOutputs } from './model-schemas.ts'
import { protocols, runOutputs } from './run-schemas.ts'

const said = v.optional(v.string())
const pair = v.tuple([v.number(), v.number()])

/** A share of images on which the model is right. */
const accuracy = v.optional(v.object({ right: v.number(), labelled: v.number() }))

const map = v.looseObject({
  image: v.pipe(v.string(), v.description('Its path in the set, without an extension.')),
  method: v.string(),
  variant: v.string(),
  target: v.pipe(
    v.union([v.number(), v.string()]),
    v.description('The index of a class, or a sum of classes.'),
  ),
  targetName: v.string(),
  shape: v.pipe(v.array(v.number()), v.description('[1, c, h, w]')),
  handling: v.string(),
  options: v.record(v.string(), v.union([v.number(), v.boolean(), v.string()])),
  overlay: v.pipe(v.string(), v.description('A picture, relative to maps.json.')),
  file: v.optional(v.pipe(v.string(), v.description('The array, relative to maps.json; with --save-maps.'))),
  problem: said,
})

const finding = v.looseObject({
  kind: v.picklist(['measurement', 'verdict', 'contrast']),
  variant: v.string(),
  metric: v.string(),
  outcome: said,
  value: v.nullable(v.number()),
  interval: v.optional(pair),
  images: v.optional(v.number()),
  undefinedCount: v.number(),
  notes: v.optional(v.array(v.string())),
})

const check = v.looseObject({
  id: v.string(),
  title: v.string(),
  findings: v.array(finding),
  references: v.array(v.string()),
})

type OutputName =
  | ('maps' | 'summary' | 'error')
  | ('list' | 'list-one' | 'inspect' | 'doctor')
  | ('plan' | 'status' | 'recommend' | 'compare')

/** Files that commands write, whatever they print. */
const files: readonly string[] = ['maps', 'summary']

/**
 * The shapes of what commands write and print with `--json`, by the name of the file or the command, all in format 1. `plan`
 * is printed by `run --dry-run` too, `summary` by `run` and `report`, `maps` by `explain`.
 */
export const outputs: Readonly<Record<OutputName, v.GenericSchema>> = {
  maps: v.looseObject({
    format: v.literal(1),
    protocol: v.looseObject({}),
    maps: v.array(map),
    failures: v.array(v.object({ image: v.string(), reason: v.string() })),
    unavailable: v.array(v.object({ variant: v.string(), reason: v.string() })),
    notices: v.array(v.string()),
    accuracy,
  }),
  summary: v.looseObject({
    format: v.literal(1),
    run: v.string(),
    threshold: v.nullable(v.number()),
    failed: v.looseObject({}),
    checks: v.array(check),
    failures: v.array(
      v.object({ variant: v.string(), check: v.string(), note: v.string(), count: v.number() }),
    ),
    rows: v.number(),
    accuracy,
    protocols: v.optional(protocols),
  }),
  ...modelOutputs,
  ...runOutputs,
  error: v.looseObject({
    format: v.literal(1),
    error: v.looseObject({
      code: v.pipe(v.string(), v.description('One of docs/reference/errors.md, USAGE or INTERNAL.')),
      message: v.string(),
    }),
  }),
}

/** Their JSON Schemas, committed in `schemas` and kept fresh by a test. */
export function outputSchema(name: OutputName): Record<string, unknown> {
  const schema = toJsonSchema(outputs[name], { errorMode: 'ignore' })
  const title = files.includes(name)
    ? `${name}.json`
    : name === 'error'
      ? 'an error'
      : `saliency ${name} --json`
  return { ...schema, title: `${title}, format 1`, $id: `${name}.schema.json` } as Record<string, unknown>
}
