/**
 * Trains the four demo networks and writes them to `models/`.
 *
 *   pnpm --filter @saliency/zoo run train [name …] [--out DIR]
 *
 * Needs the native addon of @tensorflow/tfjs-node (see the README of engine-tfjs).
 */
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ARCHITECTURES, type ArchitectureName } from './architectures.ts'
import { concatExamples, drawExamples, permuteLabels } from './data.ts'
import { accuracy } from './evaluate.ts'
import { fit, type Schedule } from './fit.ts'
import { save } from './save.ts'

/** Seeds of the images: training images, and unseen ones for the reported accuracies. */
const SEEDS = { training: 1, evaluation: 2 } as const
const COUNTS = { single: 12_000, memorised: 1_024, evaluation: 4_096 } as const

interface Recipe {
  readonly architecture: ArchitectureName
  readonly permuted: boolean
  /** Two-object scenes among the training images. */
  readonly pairs: number
  readonly schedule: Schedule
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  residual: recipe('residual', 4_000, { epochs: 12, batch: 64, rate: 3e-3 }),
  vgg: recipe('vgg', 8_000, { epochs: 12, batch: 64, rate: 1e-3 }),
  'residual-permuted': recipe('residual', 'permuted', { epochs: 50, batch: 32, rate: 2e-3 }),
  'vgg-permuted': recipe('vgg', 'permuted', { epochs: 120, batch: 32, rate: 1e-3 }),
}

function recipe(
  architecture: ArchitectureName,
  pairs: number | 'permuted',
  schedule: Pick<Schedule, 'epochs' | 'batch' | 'rate'>,
): Recipe {
  const permuted = pairs === 'permuted'
  return {
    architecture,
    permuted,
    pairs: permuted ? 0 : pairs,
    schedule: { ...schedule, flip: !permuted, seed: 11 },
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: fileURLToPath(new URL('../models', import.meta.url)) } },
})
const names = positionals.length > 0 ? positionals : Object.keys(RECIPES)
const unknown = names.filter((name) => RECIPES[name] === undefined)
if (unknown.length > 0)
  throw new Error(`no such network: ${unknown.join(', ')}; have ${Object.keys(RECIPES).join(', ')}`)

for (const name of names) await train(name, RECIPES[name] as Recipe)

async function train(name: string, { architecture, permuted, pairs, schedule }: Recipe): Promise<void> {
  console.log(name)
  const started = Date.now()
  const examples = permuted
    ? permuteLabels(drawExamples(SEEDS.training, 1, COUNTS.memorised), SEEDS.training)
    : concatExamples(drawExamples(SEEDS.training, 1, COUNTS.single), drawExamples(SEEDS.training, 2, pairs))
  const model = ARCHITECTURES[architecture](schedule.seed)
  await fit(model, examples, schedule)
  const unseen = drawExamples(SEEDS.evaluation, 1, COUNTS.evaluation)
  const accuracies = permuted
    ? { permutedTrainingLabels: accuracy(model, examples), unseenTrueLabels: accuracy(model, unseen) }
    : {
        unseenSingle: accuracy(model, unseen),
        unseenPairBothInTopTwo: accuracy(model, drawExamples(SEEDS.evaluation, 2, COUNTS.evaluation)),
      }
  const seconds = Math.round((Date.now() - started) / 1000)
  console.log(`  ${JSON.stringify(accuracies)}, ${model.countParams()} parameters, ${seconds} s`)
  const seeds = { ...SEEDS, weights: schedule.seed }
  const data = { images: examples.pixels.length, pairs, evaluated: COUNTS.evaluation }
  await save(model, join(values.out, name), describe(architecture, permuted), {
    architecture,
    labels: permuted ? 'permuted' : 'true',
    parameters: model.countParams(),
    seeds,
    schedule,
    ...data,
    accuracies,
  })
}

function describe(architecture: ArchitectureName, permuted: boolean): string {
  const kind =
    architecture === 'residual' ? 'Residual network with batch norm' : 'VGG-style network without batch norm'
  const labels = permuted ? 'permuted labels (it memorised them; a control, not a classifier)' : 'true labels'
  return `${kind}, trained by packages/zoo/training on the procedural shapes with ${labels}. Softmax output.`
}
