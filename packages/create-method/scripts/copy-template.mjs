// Ships the template with real versions in place of the workspace's own specifiers.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../..')
const target = resolve(import.meta.dirname, '../dist/template')
const catalog = Object.fromEntries(
  [...readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8').matchAll(/^ {2}'?([@\w/.-]+)'?: (\S+)$/gm)].map(
    ([, name, range]) => [name, range],
  ),
)
const versionOf = (name) =>
  `^${JSON.parse(readFileSync(join(root, 'packages', name.replace('@saliency/', ''), 'package.json'), 'utf8')).version}`

rmSync(target, { recursive: true, force: true })
cpSync(join(root, 'templates/method'), target, {
  recursive: true,
  filter: (source) => !/[\\/](node_modules|dist|\.turbo)$/.test(source),
})
const manifest = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'))
for (const group of ['peerDependencies', 'devDependencies']) {
  for (const [name, range] of Object.entries(manifest[group])) {
    if (range.startsWith('workspace:')) manifest[group][name] = versionOf(name)
    if (range === 'catalog:') manifest[group][name] = catalog[name]
  }
}
// Under another name, so that no tool takes the template for a package nested in this one.
rmSync(join(target, 'package.json'))
writeFileSync(
  join(target, '_package.json'),
  `${JSON.stringify(manifest, null, 2)}
`,
)
