import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Suites that take more than a quarter of a minute each: a newcomer's `npm test` leaves them to continuous integration. */
const slow: readonly string[] = [
  'apps/playground/test/page.test.ts',
  'packages/engine-tfjs/test/methods.test.ts',
  'packages/executor-bullmq/test/workers.test.ts',
  'tools/test/pages.test.ts',
  'bench/test/devices.test.ts',
  'packages/executor-slurm/test/one-node.test.ts',
  'bench/test/bench.test.ts',
  'packages/doctor/test/cli.test.ts',
  'apps/runner/test/kill.test.ts',
  'packages/study/test/shards.test.ts',
  'apps/runner/test/fuzz.test.ts',
  'apps/runner/test/study.test.ts',
  'packages/model-formats/test/fuzz.test.ts',
  'packages/engine-tfjs/test/operators.test.ts',
  'packages/study/test/scoring.test.ts',
  'packages/images/test/fuzz.test.ts',
  'apps/runner/test/run-folder.test.ts',
  'apps/runner/test/lost-images.test.ts',
  'packages/zoo/test/demo-models.test.ts',
  'packages/sanity/test/calibration.test.ts',
  'packages/executor-bullmq/test/postgres.test.ts',
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
