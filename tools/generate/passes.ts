import { passes, type Pass, type PassTime } from '@saliency/core'
import { passes as onnxruntimePasses } from '../../packages/engine-onnxruntime/src/passes/passes.ts'
import { fusingPasses as tfjsPasses } from '../../packages/engine-tfjs/src/passes/passes.ts'
import type { Pages } from './catalogue.ts'
import { generatedNote, table } from './markdown.ts'

const times: Readonly<Record<PassTime, string>> = {
  import: 'Once, over an imported model',
  build: 'On each node that rules and methods build',
  backward: 'On the way back of a signal',
  engine: 'When any engine opens a plan',
}

function section(title: string, rows: readonly Pass[]): string {
  const cells = rows.map(({ name, does, needs, source }) => [
    `\`${name}\``,
    source === undefined ? does : `${does} As in ${source}.`,
    needs,
  ])
  return `## ${title}\n\n${table(['pass', 'what it does', 'where it applies'], cells)}`
}

/** One row a pass, in the order in which they apply. */
export function generatePasses(pages: Pages): void {
  const intro =
    'A pass replaces a part of the graph by another that computes the same, up to rounding. The layers of a model are rewritten by the first section alone; the passes of the other sections change explanations, or the form in which an engine runs a plan. Each pass is a file in `src/passes` of its package, with a test of its name.'
  const sections = [
    ...Object.entries(times).map(([when, title]) =>
      section(
        title,
        passes.filter((pass) => pass.when === when),
      ),
    ),
    section('When ONNX Runtime opens a plan', onnxruntimePasses),
    section('When TensorFlow.js opens a plan', tfjsPasses),
  ]
  pages.set(
    'docs/reference/passes.md',
    `# Passes\n\n${generatedNote}\n\n${intro}\n\n${sections.join('\n\n')}\n`,
  )
}
