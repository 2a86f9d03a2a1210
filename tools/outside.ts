// The packages as a stranger gets them: packed, installed with npm into an empty project (with and without install
// scripts) beside a method and a check that are not in this repository, and used.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Manifest, root } from './inspect/project.ts'
import { expectThat, said } from './outside/command.ts'
import { runProgram } from './outside/program.ts'
import { stumble } from './outside/newcomer.ts'
import { pack, publicPackages, withDependencies } from './pack.ts'

interface Listed {
  readonly plugins: readonly { readonly package: string; readonly status: string }[]
}

function install(project: string, tarballs: readonly string[], scripts: boolean): void {
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'stranger', private: true, type: 'module' }),
  )
  const plugins = ['third-party-method', 'third-party-check'].map((name) => {
    cpSync(join(root, 'tools/fixtures', name), join(project, name), { recursive: true })
    return `./${name}`
  })
  const flags = [
    'install',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--install-links',
    ...(scripts ? [] : ['--ignore-scripts']),
  ]
  execFileSync('npm', [...flags, ...tarballs, ...plugins], {
    cwd: project,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function use(project: string): void {
  const saliency = (...parts: string[]) =>
    execFileSync(process.execPath, [join(project, 'node_modules/@saliency/runner/dist/cli.js'), ...parts], {
      cwd: project,
      encoding: 'utf8',
    })

  const list = JSON.parse(saliency('list', '--json')) as Listed
  for (const name of ['saliency-method-mirrored', 'saliency-check-brightness', '@saliency/method-guided']) {
    expectThat(
      list.plugins.some((plugin) => plugin.package === name && plugin.status === 'ok'),
      `saliency list does not show ${name}`,
    )
  }
  saliency(
    'run',
    '--preset',
    'demo',
    '--limit',
    '8',
    '--method',
    'mirrored',
    '--method',
    'guided',
    '--check',
    'class-sensitivity',
    '--check',
    'brightness',
    '--out',
    'run',
  )
  const report = readFileSync(join(project, 'run/report.html'), 'utf8')
  for (const word of ['mirrored/mirrored', 'guided/gradient', 'Brightness'])
    expectThat(report.includes(word), `the report does not show ${word}`)

  cpSync(join(root, 'tools/fixtures/square.png'), join(project, 'square.png'))
  saliency(
    'explain',
    'square.png',
    '--model',
    'residual',
    '--method',
    'mirrored',
    '--out',
    'maps',
    '--save-maps',
  )
  expectThat(
    existsSync(join(project, 'maps/square/mirrored-mirrored.npy')),
    'explain did not write the map of the third-party method',
  )
}

/** Packages that a user of a cluster adds: they bring clients of databases. */
const isExecutor = ({ manifest }: { manifest: Manifest }) => manifest.saliency?.kind === 'executor'

/** Engines that few need come along only when they are asked for, and so do clients of databases. */
function assertSmall(project: string): void {
  for (const name of ['onnxruntime-web', '@tensorflow/tfjs', 'bullmq', 'ioredis', 'pg'])
    expectThat(!existsSync(join(project, 'node_modules', name)), `${name} is installed, which few need`)
}

/** What brings the fast engine where its install script failed, as behind a firewall: npm leaves it out without a word. */
const remedy = ['ONNXRUNTIME_NODE_INSTALL=skip', 'npm install onnxruntime-node'] as const

/** Whoever has no engine is told one line, and with it has one. */
function followRemedy(project: string): void {
  if (existsSync(join(project, 'node_modules/onnxruntime-node'))) return
  const cli = join(project, 'node_modules/@saliency/runner/dist/cli.js')
  const { status, stderr } = spawnSync(process.execPath, [cli, 'run', '--preset', 'demo'], {
    cwd: project,
    encoding: 'utf8',
  })
  expectThat(status === 2, `without an engine, run ends with ${status} instead of 2`)
  expectThat(stderr.includes(remedy.join(' ')), `without an engine, run does not say '${remedy.join(' ')}'`)
  const [variable, value] = remedy[0].split('=') as [string, string]
  const [npm, ...args] = remedy[1].split(' ') as [string, ...string[]]
  execFileSync(npm, [...args, '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: project,
    env: { ...process.env, [variable]: value },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** A model and a picture become a project. */
function begin(project: string): void {
  const saliency = (...parts: string[]) => said(project, parts, 0)
  cpSync(join(project, 'node_modules/@saliency/zoo/models/residual'), join(project, 'net'), {
    recursive: true,
  })
  cpSync(join(root, 'tools/fixtures/square.png'), join(project, 'pictures/square.png'))
  saliency('init', 'net', 'pictures', '--out', 'mine')
  expectThat(existsSync(join(project, 'mine/saliency.config.ts')), 'init wrote no configuration')
  saliency('export', 'net', '--method', 'guided/gradient', '-o', 'explained.onnx')
  const exported = readFileSync(join(project, 'explained.onnx'), 'latin1')
  expectThat(exported.includes('guided/gradient'), 'the exported file does not say which variant it holds')
  expectThat(saliency('completion', 'bash').includes('complete -'), 'completion printed no script')
}

/** Megabytes that an installation may take without the engines that few need, as `du -m` counts. */
const MOST_MEGABYTES = 450

function megabytes(project: string): number {
  const found = execFileSync('du', ['-sm', 'node_modules'], { cwd: project, encoding: 'utf8' })
  return Number.parseInt(found, 10)
}

const folder = mkdtempSync(join(tmpdir(), 'saliency-outside-'))
try {
  const all = publicPackages().filter((each) => !isExecutor(each))
  const tarballs = new Map(
    all.map(({ folder: name, manifest }) => [manifest.name, pack(name, folder).filename]),
  )
  const command = withDependencies('@saliency/runner', all).map((name) => tarballs.get(name) as string)
  for (const scripts of [false, true]) {
    const project = mkdtempSync(join(folder, 'project-'))
    const start = performance.now()
    install(project, scripts ? command : [...tarballs.values()], scripts)
    assertSmall(project)
    followRemedy(project)
    const size = megabytes(project)
    use(project)
    if (scripts)
      expectThat(size <= MOST_MEGABYTES, `the command takes ${size} MB, more than ${MOST_MEGABYTES}`)
    else {
      begin(project)
      stumble(project)
      runProgram(project)
    }
    const what = scripts
      ? 'the command alone, with install scripts: list, run and explain'
      : 'all packages, without install scripts: every command, what newcomers stumbled over, and a program'
    console.log(
      `npm install of ${what} work (${size} MB, ${((performance.now() - start) / 1000).toFixed(0)} s).`,
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
