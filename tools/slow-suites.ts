import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Suites that take more than six seconds each, the longest first: a newcomer's `npm test` leaves them to continuous integration. */
export const slow: readonly string[] = [
  'tools/test/pages.test.ts',
  'packages/engine-tfjs/test/methods.test.ts',
  'apps/playground/test/page.test.ts',
  'packages/executor-bullmq/test/workers.test.ts',
  'bench/test/devices.test.ts',
  'packages/doctor/test/cli.test.ts',
  'packages/executor-slurm/test/one-node.test.ts',
  'apps/runner/test/fuzz.test.ts',
  'apps/runner/test/kill.test.ts',
  'bench/test/bench.test.ts',
  'packages/model-formats/test/fuzz.test.ts',
  'packages/engine-tfjs/test/operators.test.ts',
  'packages/images/test/fuzz.test.ts',
  'packages/study/test/shards.test.ts',
  'packages/executor-bullmq/test/postgres.test.ts',
  'packages/zoo/test/demo-models.test.ts',
  'packages/method-attention/test/oracle.test.ts',
  'packages/method-lrp/test/vit.test.ts',
  'packages/study/test/scoring.test.ts',
  'packages/method-lrp/test/attribution.test.ts',
  'apps/runner/test/lost-images.test.ts',
  'apps/runner/test/study.test.ts',
  'packages/method-lrp/test/oracle.test.ts',
  'packages/method-lrp/test/conformance.test.ts',
  'packages/sanity/test/power.test.ts',
  'packages/sanity/test/calibration.test.ts',
  'packages/engine-tfjs/test/browser.test.ts',
  'packages/sanity/test/polarity.test.ts',
  'packages/method-attention/test/parity.test.ts',
  'packages/engine-tfjs/test/session.test.ts',
  'apps/runner/test/run-folder.test.ts',
  'packages/testing/test/peer-cases.test.ts',
  'packages/zoo/test/source-runtime.test.ts',
  'apps/runner/test/damaged-files.test.ts',
  'apps/runner/test/discovery.test.ts',
  'packages/engine-tfjs/test/transformers.test.ts',
  'packages/method-attention/test/conformance.test.ts',
  'apps/runner/test/shard.test.ts',
  'packages/toolkit/test/stored-rows.test.ts',
  'packages/method-gradcampp/test/parity-tokens.test.ts',
  'apps/runner/test/image-list.test.ts',
  'apps/runner/test/terminal.test.ts',
  'packages/model-formats/test/hdf5-damage.test.ts',
  'packages/doctor/test/examinations.test.ts',
  'packages/sanity/test/unit-verdicts.test.ts',
  'apps/runner/test/library.test.ts',
  'packages/method-lrp/test/identities.test.ts',
  'apps/runner/test/query.test.ts',
  'apps/runner/test/external-maps.test.ts',
  'packages/model-formats/test/exported-networks.test.ts',
  'apps/runner/test/one-logit.test.ts',
]

const filters = process.argv.slice(3).filter((word) => !word.startsWith('-'))

/** Nothing is left out in continuous integration, where files are named, or where all are asked for. */
const isWhole = Boolean(process.env['CI']) || process.env['SALIENCY_SUITES'] === 'all' || filters.length > 0

/** The suites that this run leaves out. */
export const leftOut: readonly string[] = isWhole ? [] : slow

const place = ({ moduleId }: TestSpecification) => {
  const found = slow.findIndex((path) => moduleId.endsWith(path))
  return found < 0 ? slow.length : found
}

/** Begins with what takes longest, so that no process waits at the end for another one's slow suite. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
  }
}
