import type { Command } from 'commander'
import { type Done, share, withCommonOptions } from './options.ts'
import type { AdviceFlags } from './advice.ts'
import type { QueryFlags } from './query.ts'
import type { ReportFlags } from './report.ts'
import type { Invocation } from './run-on.ts'
import { addRunCommands } from './run-options.ts'
import type { Terminal } from './terminal.ts'

/** What `saliency query --help` says below its options. */
const queryEpilogue = `
The result of the SQL is printed, unless --csv or --parquet takes it; without SQL they take all rows, sorted by key, so
that equal runs give equal files. --database always holds all rows, as the table \`rows\`; of the files that exist it
replaces only DuckDB databases, and only when everything is done.`

/** Declares `saliency recommend`, `saliency card` and `saliency compare`. */
function addAdviceCommands(program: Command, terminal: Terminal, done: Done): void {
  const recommend = program
    .command('recommend')
    .description('Which variants can be used on the model of a run, which cannot, and why.')
    .argument('<run>', 'a run folder')
    .option('--json', 'print verdicts and reasons as JSON')
    .action(async (folder: string, flags: AdviceFlags) => {
      const { recommendCommand } = await import('./advice.ts')
      done(await recommendCommand(folder, flags, terminal))
    })
  withCommonOptions(recommend)
  const card = program
    .command('card')
    .description(
      'A saliency card (Boggust et al. 2023) of one variant, with the evidence of a run, as Markdown.',
    )
    .argument('<variant>', 'METHOD/VARIANT')
    .option('--run <folder>', 'the run folder')
    .option('-o, --out <file>', 'write the card instead of printing it')
    .action(async (variant: string, flags: AdviceFlags) => {
      const { cardCommand } = await import('./advice.ts')
      done(await cardCommand(variant, flags, terminal))
    })
  withCommonOptions(card)
  const compare = program
    .command('compare')
    .description('What changed from one run to another: another model, version or set of images.')
    .argument('<before>', 'a run folder')
    .argument('<after>', 'a run folder')
    .option('-o, --out <folder>', 'where comparison.html goes')
    .option('--json', 'print the comparison as JSON')
    .action(async (before: string, after: string, flags: AdviceFlags) => {
      const { compareCommand } = await import('./advice.ts')
      done(await compareCommand([before, after], flags, terminal))
    })
  withCommonOptions(compare)
}

/** Declares the commands that run studies, and those that read runs. */
export function addStudyCommands(
  program: Command,
  terminal: Terminal,
  done: Done,
  invocation: Invocation,
): void {
  addRunCommands(program, terminal, done, invocation)
  const report = program
    .command('report')
    .description('Judge a run anew from its stored rows, and write its report.')
    .argument('<run>', 'a run folder')
    .option('--threshold <number>', "the verdict's bound", share)
    .option('-o, --out <folder>', 'where report.html and summary.json go; default: the run folder')
    .option('--json', 'print the summary as JSON')
    .action(async (folder: string, flags: ReportFlags) => {
      const { reportCommand } = await import('./report.ts')
      done(await reportCommand(folder, flags, terminal))
    })
  withCommonOptions(report)
  addAdviceCommands(program, terminal, done)
  program
    .command('query')
    .description('Ask a run in SQL: the table `rows` holds one line per similarity.')
    .argument('<run>', 'a run folder')
    .argument('[sql]', 'for instance "select variant, avg(value) from rows group by variant"')
    .option('--json', 'print the result, or all rows, as JSON')
    .option('--csv <file>', 'write the result, or all rows, as CSV instead of printing')
    .option('--parquet <file>', 'write the result, or all rows, as Parquet instead of printing')
    .option('--database <file>', 'write all rows into a DuckDB database, in which the SQL is run')
    .option('--allow-files', 'let the SQL read and write files; without it, it sees the rows alone')
    .option('--debug', 'show where an error came from')
    .addHelpText('after', queryEpilogue)
    .action(async (folder: string, sql: string | undefined, flags: QueryFlags) => {
      const { queryCommand } = await import('./query.ts')
      done(await queryCommand(folder, sql, flags, terminal))
    })
}
