import type { Check, Method } from '@saliency/core'
import type { Workspace } from '../inspect/project.ts'
import { generatedNote, replaceSection } from './markdown.ts'
import { importPlugins, optionsTable, readPage, variantsTable } from './plugins.ts'

/** Generated pages by path. */
export type Pages = Map<string, string>

const references = (list: readonly string[]) => list.map((reference) => `- ${reference}`).join('\n')

function methodSection(method: Method): string {
  return `### ${method.title} (\`${method.id}\`)\n\n${variantsTable(method)}\n\n${optionsTable(method.options)}`
}

/** The catalogue of methods and of checks, and the tables in each plugin's README. */
export async function generateCatalogue({ packages }: Workspace, pages: Pages): Promise<void> {
  const methods = await importPlugins<Method>(packages, 'method')
  const catalogue = methods.flatMap(({ name, items }) =>
    items.map(
      (method) =>
        `${methodSection(method).replace('### ', '## ')}\n\nFrom \`${name}\`. References:\n\n${references(method.references)}`,
    ),
  )
  pages.set(
    'docs/reference/methods.md',
    `# Methods and variants\n\n${generatedNote}\n\n${catalogue.join('\n\n')}\n`,
  )
  for (const { folder, items } of methods) {
    const path = `${folder}/README.md`
    const tables = items.map(
      (method) =>
        `${items.length > 1 ? `### ${method.title} (\`${method.id}\`)\n\n` : ''}${optionsTable(method.options)}`,
    )
    pages.set(path, replaceSection(readPage(path), 'options', tables.join('\n\n')))
  }

  const checks = await importPlugins<Check>(packages, 'check')
  const sections = checks.flatMap(({ items }) =>
    items.map(
      (check) =>
        `## ${check.title} (\`${check.id}\`)\n\n${optionsTable(check.options)}\n\nReferences:\n\n${references(check.references)}`,
    ),
  )
  pages.set('docs/reference/checks.md', `# Checks\n\n${generatedNote}\n\n${sections.join('\n\n')}\n`)
}
