import { type Command, Option } from 'commander'
import type { ExplainFlags } from './discover.ts'
import type { ExportFlags } from './export.ts'
import type { InitFlags } from './init.ts'
import type { InspectFlags } from './inspect.ts'
import type { ListFlags } from './list.ts'
import type { PageFlags } from './page.ts'
import {
  collect,
  type Done,
  wholeNumber,
  withCommonOptions,
  withEngineOptions,
  withModelOptions,
} from './options.ts'
import type { Terminal } from './terminal.ts'

const METHOD = 'METHOD, METHOD/VARIANT or METHOD/VARIANT?option=value&…; all for every method (repeatable)'
const OPTION = 'name=value for every chosen method that has the option (repeatable)'

/** Declares `saliency list`. */
export function addListCommand(program: Command, terminal: Terminal, done: Done): void {
  const command = program
    .command('list')
    .description('Show methods, variants and checks, where each came from, and what failed to load and why.')
    .argument('[method]', 'one method or check: what its variants compute, its options and references')
    .option('--json', 'as JSON')
    .option(
      '--cost <model>',
      'what each variant costs on this model, and the number of distinct backward passes',
    )
    .action(async (name: string | undefined, flags: ListFlags) => {
      const { list } = await import('./list.ts')
      done(await list(name, flags, terminal))
    })
  withCommonOptions(withModelOptions(command))
}

/** Declares `saliency explain`. */
export function addExplainCommand(program: Command, terminal: Terminal, done: Done): void {
  const command = program
    .command('explain')
    .description(
      'Write the maps of an image, or of each image of a folder: overlays, a contact sheet, arrays.',
    )
    .argument('<path>', 'an image, a folder of images, or a .csv, .npy or .npz list')
    .option('-m, --model <model>', 'a model file or folder, or the name of a built-in model')
    .requiredOption('--method <id>', METHOD, collect)
    .option(
      '--target <class>',
      'predicted, label, or a class by name or index; A-B for A against B, A+B for both (default: what a table of images names, else predicted)',
    )
    .addOption(
      new Option(
        '--direction <file>',
        'explain a direction over the outputs instead of a class: a vector in a .npy file',
      ).conflicts('target'),
    )
    .option('--option <pair>', OPTION, collect)
    .option('--layer <name>', 'target layer of the methods that have one; the same as --option layer=<name>')
    .option('-o, --out <folder>', 'where the maps go', 'maps')
    .option('--save-maps', 'also write each map as <method>-<variant>.npy, exactly as the method returned it')
    .option('--seed <number>', 'names the random streams of methods that use any', wholeNumber(0), 1)
    .option('--ledger', 'print where propagated relevance goes, operator by operator')
    .option('--json', 'print maps.json instead of text')
    .action(async (path: string, flags: ExplainFlags) => {
      const { explainCommand } = await import('./explain.ts')
      done(await explainCommand(path, flags, terminal))
    })
  withCommonOptions(withEngineOptions(withModelOptions(command)))
}

/** Declares `saliency init`. */
export function addInitCommand(program: Command, terminal: Terminal, done: Done): void {
  const command = program
    .command('init')
    .description(
      'Look at a model and at images, and write saliency.config.ts and preprocess.json: what can be found out, and questions.',
    )
    .argument('<model>', 'a model file or folder, or the name of a built-in model')
    .argument('[images]', 'a folder of images (class subfolders), or a .csv, .npy or .npz list')
    .option('-o, --out <folder>', 'where saliency.config.ts goes', '.')
    .option('--debug', 'show where an error came from')
    .action(async (model: string, images: string | undefined, flags: InitFlags) => {
      const { initCommand } = await import('./init.ts')
      done(await initCommand(model, images, flags, terminal))
    })
  withModelOptions(command)
}

/** Declares `saliency page`. */
export function addPageCommand(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('page')
    .description(
      'Serve the page: a model of yours in the browser, every map, and whether it moves (needs @saliency/playground).',
    )
    .argument('[model]', 'a model file or folder; without one, the page opens with a network of its own')
    .option('--port <number>', 'where it is served; 0 takes a free one', wholeNumber(0), 0)
    .option('--debug', 'show where an error came from')
    .action(async (model: string | undefined, flags: PageFlags) => {
      const { pageCommand } = await import('./page.ts')
      done(await pageCommand(model, flags, terminal))
    })
}

/** Declares `saliency inspect` and `saliency export`. */
export function addModelCommands(program: Command, terminal: Terminal, done: Done): void {
  const inspect = program
    .command('inspect')
    .description(
      'Show what a model is: layers, target layers, preprocessing, and what each method cannot treat.',
    )
    .argument('<model>', 'a model file or folder, or the name of a built-in model')
    .option(
      '--verify',
      'check what can be trusted on this file: outputs and gradient against its own runtime, completeness, head, target layer',
    )
    .option('--json', 'as JSON')
    .action(async (model: string, flags: InspectFlags) => {
      const { inspectCommand } = await import('./inspect.ts')
      done(await inspectCommand(model, flags, terminal))
    })
  withCommonOptions(withModelOptions(inspect))
  const exporting = program
    .command('export')
    .description('Write model and method as one .onnx file that returns logits and map wherever ONNX runs.')
    .argument('<model>', 'a model file or folder, or the name of a built-in model')
    .requiredOption('--method <id>', METHOD, collect)
    .option('--option <pair>', OPTION, collect)
    .option('--one-channel', 'return the signed sum over channels instead of the map as it is')
    .requiredOption('-o, --out <file>', 'the .onnx file')
    .action(async (model: string, flags: ExportFlags) => {
      const { exportCommand } = await import('./export.ts')
      done(await exportCommand(model, flags, terminal))
    })
  withCommonOptions(withModelOptions(exporting))
}
