import type { ModelFormat } from './imported-model.ts'
import { activations } from './keras/activations.ts'
import { layerFamilies } from './keras/layer-table.ts'
import { refusedLayers } from './keras/layers/refused.ts'
import { functions } from './keras/operations/functions.ts'
import { operationFamilies } from './keras/operations/operation-table.ts'
import { operatorFamilies } from './onnx/operator-table.ts'
import { nodeFamilies } from './tfjs/node-table.ts'

/** What the importers of some formats support, for the generated tables. */
export interface SupportedFamily {
  /** For instance `Convolution`. */
  readonly family: string
  /** Layers or operators by the source's own names. */
  readonly names: readonly string[]
}

/** One table: the formats it holds for, what their entries are called, and the entries by family. */
export interface SupportedTable {
  readonly formats: readonly ModelFormat[]
  readonly title: string
  readonly families: readonly SupportedFamily[]
}

const familiesOf = (families: Readonly<Record<string, object>>): SupportedFamily[] =>
  Object.entries(families).map(([family, table]) => ({ family, names: Object.keys(table) }))

/** Everything that can be imported, read off the importers' own tables. */
export function supportedTables(): readonly SupportedTable[] {
  return [
    { formats: ['onnx'], title: 'ONNX operators', families: familiesOf(operatorFamilies) },
    {
      formats: ['tfjs-layers', 'keras-h5', 'keras-v3'],
      title: 'Keras layers and operations',
      families: [
        ...familiesOf(layerFamilies),
        ...familiesOf(operationFamilies),
        {
          family: 'Functions of TensorFlow in Keras 2',
          names: Object.keys(functions).map((name) => `tf.${name}`),
        },
        { family: 'Values of the activation setting', names: Object.keys(activations) },
        { family: 'Models in models', names: ['Functional', 'Model', 'Sequential'] },
      ],
    },
    { formats: ['tfjs-graph'], title: 'TensorFlow operations', families: familiesOf(nodeFamilies) },
  ]
}

/** Layers of keras.layers that are not imported, by the reason. */
function refusedMarkdown(): string {
  const reasons = [...new Set(Object.values(refusedLayers))]
  const rows = reasons.map((reason) => {
    const names = Object.keys(refusedLayers).filter((name) => refusedLayers[name] === reason)
    return `| ${names.map((name) => `\`${name}\``).join(', ')} | ${reason} |`
  })
  return ['## Keras layers that are refused', '', '| Layers | Why |', '|---|---|', ...rows, ''].join('\n')
}

/** The tables as Markdown, for `docs/reference/formats.md`. */
export function supportedMarkdown(): string {
  const tables = supportedTables().map(({ title, formats, families }) => {
    const rows = families.map(
      ({ family, names }) => `| ${family} | ${names.map((name) => `\`${name}\``).join(', ')} |`,
    )
    return [
      `## ${title}`,
      '',
      `Formats: ${formats.join(', ')}.`,
      '',
      '| Family | Supported |',
      '|---|---|',
      ...rows,
    ].join('\n')
  })
  return `${[...tables, refusedMarkdown()].join('\n\n')}`
}
