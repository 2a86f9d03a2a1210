import { Command } from 'commander'
import { addCompletionCommands } from './completion-options.ts'
import { addDoctorCommand } from './doctor.ts'
import { own } from './own.ts'
import {
  addExplainCommand,
  addInitCommand,
  addListCommand,
  addModelCommands,
  addPageCommand,
} from './explain-options.ts'
import { addStudyCommands } from './study-options.ts'
import type { Invocation } from './run-on.ts'
import type { SpeechFlags, Speaker } from './quiet.ts'

const epilogue = `
Exit codes: 0 done; 1 some units, images or variants failed (what failed is recorded); 2 bad input; 3 --require is not met; 130 interrupted
(finished results are kept, and the same command goes on).

A first study in a minute:   saliency run --preset demo
Your own model and images:   saliency init model.onnx photos
Your own model and picture:  saliency explain cat.jpg --model model.onnx --method all --out maps`

/** The whole command line; `done` receives the exit code of the command that ran. */
export function createProgram(
  terminal: Speaker,
  done: (code: number) => void,
  invocation: Invocation = { args: [], native: [] },
): Command {
  const version = own?.manifest.version ?? ''
  const program = new Command('saliency')
    .description('Explain, compare and judge saliency methods on your own model and images.')
    .version(version, '-v, --version')
    .version(version, '-V')
    .showSuggestionAfterError()
    .showHelpAfterError('(--help lists what there is)')
    .addHelpText('after', epilogue)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.fail(text.trimEnd()),
    })
  // Habit of those who know the library that reads these options; one line in the help is enough.
  program.options.find(({ short }) => short === '-V')?.hideHelp()
  addInitCommand(program, terminal, done)
  addListCommand(program, terminal, done)
  addExplainCommand(program, terminal, done)
  addStudyCommands(program, terminal, done, invocation)
  addModelCommands(program, terminal, done)
  addPageCommand(program, terminal, done)
  addDoctorCommand(program, terminal, done)
  addCompletionCommands(program, terminal, done)
  for (const command of program.commands)
    command
      .option('-q, --quiet', 'say results and errors only: no warnings and no progress')
      .option('--log-file <file>', 'also add everything that is said to a file')
  program.hook('preAction', (_, command) => terminal.obey(command.opts<SpeechFlags>()))
  return program
}
