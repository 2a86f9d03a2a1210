#!/usr/bin/env node
import { relative } from 'node:path'
import { createMethod, CreateError, type Created } from './create.ts'

const usage = `Usage: create-method ID

Starts a Saliency method plugin from a tested template.
ID is lower-case words joined by hyphens; it becomes the method's id, file and package name.

Example: create-method negative-lrp`

function nextSteps({ folder, names, inWorkspace, files }: Created): string {
  const path = relative(process.cwd(), folder)
  const steps = inWorkspace
    ? [
        'npm run pnpm -- install',
        `npx vitest run ${path}`,
        'npm run build && node apps/runner/dist/cli.js list',
      ]
    : [
        `cd ${path}`,
        'npm install',
        'npx vitest run && npm run build',
        `npm install ./${path}   (in the project that should find it)`,
      ]
  return `Made ${names.packageName} in ${path}: ${files.length} files.

The rule is in src/${names.id}.ts; change it, its variants and its references.
Then:
${steps.map((step) => `  ${step}`).join('\n')}`
}

const [id] = process.argv.slice(2)
if (id === undefined || id === '--help' || id === '-h') {
  console.log(usage)
  process.exitCode = id === undefined ? 2 : 0
} else {
  try {
    console.log(nextSteps(await createMethod(id)))
  } catch (error) {
    if (!(error instanceof CreateError)) throw error
    console.error(error.message)
    process.exitCode = 2
  }
}
