import { type Command, Option } from 'commander'
import { presetNames } from '@saliency/toolkit/start'
import {
  collect,
  type Done,
  share,
  wholeNumber,
  withCommonOptions,
  withEngineOptions,
  withModelOptions,
} from './options.ts'
import type { PlanFlags } from './plan.ts'
import type { RunFlags } from './run.ts'
import type { Invocation } from './run-on.ts'
import type { StatusFlags } from './status.ts'
import type { Terminal } from './terminal.ts'
import type { WorkerFlags } from './worker.ts'

/** What is studied, and where: options of every command that plans a study. */
function withStudyOptions(command: Command): Command {
  command
    .argument('[config]', 'default: saliency.config.ts, .js, .mjs or .json in the working directory')
    .addOption(new Option('--preset <name>', 'defaults for everything not configured').choices(presetNames))
    .option('-m, --model <model>', 'a model file or folder, or the name of a built-in model')
    .option('--images <path>', 'a folder of images (class subfolders), or a .csv, .npy or .npz list')
    .option('--method <id>', 'METHOD, METHOD/VARIANT, or all (repeatable)', collect)
    .option(
      '--maps <source>',
      'NAME=FOLDER[,handling=…][,counterpart=METHOD/VARIANT]: maps that another program made (repeatable)',
      collect,
    )
    .option('--check <id>', 'a check by its id (repeatable)', collect)
    .option(
      '--target <class>',
      'what is explained instead of the predicted class: a class, A-B for A against B, A+B for both',
    )
    .addOption(
      new Option(
        '--direction <file>',
        'explain a direction over the outputs instead of a class: a vector in a .npy file',
      ).conflicts('target'),
    )
    .option('--limit <number>', 'at most this many images', wholeNumber(1))
    .option('--seed <number>', 'names all random streams', wholeNumber(0))
    .option('-o, --out <folder>', 'the run folder')
    .option('--memory <size>', 'memory for the whole run, for instance 4GiB; sets the batch size')
    .option('--batch-size <number>', 'images in a batch', wholeNumber(1))
    .option('--groups <number>', 'groups of 8 images in one unit of work', wholeNumber(1))
    .option('--threshold <number>', "the verdict's bound", share)
  return withCommonOptions(withEngineOptions(withModelOptions(command)))
}

/** How the process computes that does so, here or elsewhere. */
function withWorkOptions(command: Command): Command {
  return command
    .option(
      '--scoring-threads <number>',
      'threads that compare maps beside the engine; default: a quarter of the cores, at most 4',
      wholeNumber(0),
    )
    .option(
      '--scratch <folder>',
      "keep maps of the model's own weights there while a process runs, and not in the run folder; the report then shows none",
    )
    .option(
      '--unit-timeout <seconds>',
      'end a process that finished no group of images for so long; what it worked on counts as tried (default: an hour for shards)',
      wholeNumber(1),
    )
    .option('--same-bits', 'refuse to add rows of a machine that rounds differently from the first one')
}

/** Seconds after which another worker takes the shard of one that is silent. */
const LEASE = 30

/** Declares `saliency worker`. */
function addWorkerCommand(program: Command, terminal: Terminal, done: Done, invocation: Invocation): void {
  const worker = program
    .command('worker')
    .description('Take shards of a study from a queue until stopped; start as many workers as you like.')
    .requiredOption('--on <address>', 'the queue: redis://HOST, rediss://HOST or postgres://HOST/DATABASE')
    .addOption(
      new Option('--lease <seconds>', 'how long a worker may be silent until another one takes its shard')
        .argParser(wholeNumber(2))
        .default(LEASE),
    )
    .action(async (config: string | undefined, flags: WorkerFlags) => {
      const { workerCommand } = await import('./worker.ts')
      done(await workerCommand(config, flags, invocation, terminal))
    })
  withWorkOptions(withStudyOptions(worker))
}

/** Declares `saliency run`, and `saliency plan`, `saliency status` and `saliency worker` for runs of many processes. */
export function addRunCommands(
  program: Command,
  terminal: Terminal,
  done: Done,
  invocation: Invocation,
): void {
  const run = program
    .command('run')
    .description('Run a study: maps, checks, verdicts, report. Repeated, it goes on where it stopped.')
  withWorkOptions(withStudyOptions(run))
    .addOption(
      new Option(
        '--shard <i/n>',
        'compute the i-th of n shares and stop, for `saliency report` to judge later; auto: as the scheduler says',
      ).conflicts(['require', 'junit', 'json']),
    )
    .addOption(
      new Option(
        '--on <address>',
        'have shards computed elsewhere, and follow them: slurm, redis://HOST, postgres://HOST/DATABASE; what follows -- goes to sbatch',
      ).conflicts(['shard', 'dryRun']),
    )
    .option(
      '--shards <number>',
      'with --on: into how many shards; default: as many as have work, at most 100',
      wholeNumber(1),
    )
    .option('--cancel-on-interrupt', 'with --on: Ctrl-C cancels the shards, too')
    .option(
      '--require <outcomes>',
      "METHOD/VARIANT: AXIS=OUTCOME, …; exit 3 if the study finds another (repeatable). Axes: class, parameters, data, sign, truth, parts, or a check's id",
      collect,
    )
    .option('--junit <file>', 'write what --require asked for as JUnit XML')
    .option('--dry-run', 'print units, sessions and memory, and stop')
    .option('--json', 'print the summary as JSON; of a dry run, the plan')
    .action(async (config: string | undefined, flags: RunFlags) => {
      if (flags.on !== undefined) {
        const { runElsewhere } = await import('./run-on.ts')
        return done(await runElsewhere(config, { ...flags, on: flags.on }, invocation, terminal))
      }
      const { runCommand } = await import('./run.ts')
      done(await runCommand(config, flags, terminal))
    })
  const plan = program
    .command('plan')
    .description('Say in the run folder what is studied, for shards to compute. Nothing is computed yet.')
    .option('--shards <number>', 'cut the work so that so many shards have something to do', wholeNumber(1))
    .option(
      '--for-external <folder>',
      'instead of that, write images, targets and weights for another program to make maps',
    )
    .addOption(new Option('--json', 'print the plan as JSON').conflicts('forExternal'))
    .action(async (config: string | undefined, flags: PlanFlags) => {
      const { planCommand } = await import('./plan.ts')
      done(await planCommand(config, flags, terminal))
    })
  withStudyOptions(plan)
  addWorkerCommand(program, terminal, done, invocation)
  program
    .command('status')
    .description('How much of a study is done, failed and open, whoever computes it.')
    .argument('<run>', 'a run folder')
    .option('--json', 'print the numbers as JSON')
    .option('--debug', 'show where an error came from')
    .action(async (folder: string, flags: StatusFlags) => {
      const { statusCommand } = await import('./status.ts')
      done(await statusCommand(folder, flags, terminal))
    })
}
