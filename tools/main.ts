import { relative } from 'node:path'
import { checkArchitecture } from './checks/architecture.ts'
import { checkBrowser } from './checks/browser.ts'
import { checkCircles } from './checks/circles.ts'
import { checkCodeBlocks } from './checks/code-blocks.ts'
import { checkDocs } from './checks/docs.ts'
import { checkLayers } from './checks/layers.ts'
import { checkManifests } from './checks/manifests.ts'
import { checkPasses } from './checks/passes.ts'
import { openWorkspace, root, type Problem } from './inspect/project.ts'

const checks = {
  architecture: checkArchitecture,
  layers: checkLayers,
  browser: checkBrowser,
  circles: checkCircles,
  docs: checkDocs,
  manifests: checkManifests,
  passes: checkPasses,
  'code-blocks': checkCodeBlocks,
}

const wanted = process.argv.slice(2)
const workspace = openWorkspace()
const problems: Problem[] = []
for (const [name, check] of Object.entries(checks)) {
  if (wanted.length === 0 || wanted.includes(name)) check(workspace, (problem) => problems.push(problem))
}
for (const { file, line, message } of problems) {
  console.error(`${relative(root, file)}${line === undefined ? '' : `:${line}`} ${message}`)
}
console.log(problems.length === 0 ? 'All house rules hold.' : `${problems.length} problems.`)
process.exitCode = problems.length === 0 ? 0 : 1
