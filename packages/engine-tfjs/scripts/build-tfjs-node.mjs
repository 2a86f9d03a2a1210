#!/usr/bin/env node
// Builds the native addon of @tensorflow/tfjs-node against a TensorFlow library that is already on this machine,
// or that PyPI's wheel contains. See the README of this package, "tfjs-node without its download".
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const help = `Usage: node build-tfjs-node.mjs [options]

  --library DIR   a folder that holds libtensorflow_cc or libtensorflow, with include/ in or beside it
                  (default: $TENSORFLOW_DIR, the fetched copy, an installed Python package, /usr/local, /usr)
  --fetch         when no library is found, take it from PyPI's wheel with "python3 -m pip download"
  --version V     the release that --fetch takes (default 2.15.1; its library needs no Python)
  --cache DIR     where --fetch keeps it (default: saliency/tensorflow-V in the user's cache folder)
  --force         build even if the addon already loads`

const { values: options } = parseArgs({
  options: {
    library: { type: 'string' },
    fetch: { type: 'boolean', default: false },
    version: { type: 'string', default: '2.15.1' },
    cache: { type: 'string' },
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const require = createRequire(import.meta.url)
const python = process.env.PYTHON ?? (process.platform === 'win32' ? 'python' : 'python3')
const cache = resolve(options.cache ?? join(userCache(), 'saliency', `tensorflow-${options.version}`))

if (options.help) console.log(help)
else main()

function main() {
  if (process.platform === 'win32')
    stop('Windows is not supported here; "npm rebuild @tensorflow/tfjs-node" fetches its own library.')
  const addon = findAddon()
  if (!options.force && loads(addon.folder)) return console.log(`already built: ${addon.file}`)
  const library = findLibrary() ?? (options.fetch ? fetchLibrary() : undefined)
  if (library === undefined)
    stop('no TensorFlow library found; pass --library DIR, or --fetch to take it from PyPI.')
  compile(addon, library, findNodeHeaders())
  if (!loads(addon.folder, 'inherit'))
    stop(`${addon.file} was built against ${library.folder} but does not load.`)
  console.log(
    `built ${addon.file}\nagainst ${library.files.map((file) => join(library.folder, file)).join(', ')}`,
  )
}

/** Where tfjs-node will look for its binary: it asks node-pre-gyp, and so does this script. */
function findAddon() {
  const manifest = require.resolve('@tensorflow/tfjs-node/package.json')
  const gyp = createRequire(manifest)('@mapbox/node-pre-gyp')
  const file = gyp.find(manifest)
  return { folder: dirname(manifest), file, napi: /napi-v(\d+)/.exec(file)?.[1] ?? '8' }
}

/** In a process of its own: a library that does not fit would end this one. */
function loads(folder, stdio = 'ignore') {
  // Node 23 removed these; tfjs-node 4.22 still calls them.
  const polyfill = "const u=require('util');u.isNullOrUndefined??=v=>v==null;u.isArray??=Array.isArray;"
  const check = `${polyfill}const tf=require(${JSON.stringify(folder)});if(tf.relu([-1,2]).dataSync()[1]!==2)process.exit(1)`
  const environment = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' }
  return (
    spawnSync(process.execPath, ['-e', check], { env: environment, stdio: ['ignore', 'ignore', stdio] })
      .status === 0
  )
}

function findLibrary() {
  const given = options.library ?? process.env.TENSORFLOW_DIR
  if (given !== undefined)
    return inspectFolder(resolve(given)) ?? stop(`${given} holds no TensorFlow library with its headers.`)
  const folders = [join(cache, 'tensorflow'), pythonPackage(), '/usr/local/lib', '/usr/lib']
  return folders
    .filter((folder) => folder !== undefined)
    .map(inspectFolder)
    .find((found) => found !== undefined)
}

/** The C API is in libtensorflow_cc (wheels since 2.12) or libtensorflow (C releases); the framework is beside it. */
function inspectFolder(folder) {
  for (const base of [folder, join(folder, 'lib')]) {
    const names = existsSync(base) ? readdirSync(base) : []
    const pick = (name) => {
      const pattern = new RegExp(`^lib${name}(\\.so(\\.\\d+)?|(\\.\\d+)?\\.dylib)$`)
      return names.filter((file) => pattern.test(file)).sort((a, b) => b.length - a.length)[0]
    }
    const files = [pick('tensorflow_cc') ?? pick('tensorflow'), pick('tensorflow_framework')]
    const include = [join(base, 'include'), join(base, '..', 'include')].find((path) =>
      existsSync(join(path, 'tensorflow', 'c', 'eager', 'c_api.h')),
    )
    if (files[0] && files[1] && include) return { folder: base, files, include }
  }
  return undefined
}

/** Found without importing it, which would take seconds. */
function pythonPackage() {
  const code =
    'import importlib.util as u; s = u.find_spec("tensorflow"); print(s.submodule_search_locations[0] if s else "")'
  const found = spawnSync(python, ['-c', code], { encoding: 'utf8' })
  return found.status === 0 && found.stdout.trim() ? found.stdout.trim() : undefined
}

/** Takes the libraries and the C headers out of the wheel; the rest of it, a gigabyte, is left. */
function fetchLibrary() {
  const name = process.platform === 'linux' && process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow'
  const download = join(cache, 'download')
  mkdirSync(download, { recursive: true })
  run(python, [
    '-m',
    'pip',
    'download',
    `${name}==${options.version}`,
    '--no-deps',
    '--only-binary=:all:',
    '--quiet',
    '--python-version',
    '3.11',
    '--dest',
    download,
  ])
  const wheel = readdirSync(download).find((file) => file.endsWith('.whl')) ?? stop('pip left no wheel.')
  const wanted =
    'tensorflow/(libtensorflow_(cc|framework)[.]|include/tensorflow/c/|include/tensorflow/(core|tsl)/platform/|include/tsl/)'
  const code =
    'import re, sys, zipfile\nwith zipfile.ZipFile(sys.argv[1]) as z:\n z.extractall(sys.argv[2], [n for n in z.namelist() if re.match(sys.argv[3], n)])'
  run(python, ['-c', code, join(download, wheel), cache, wanted])
  rmSync(download, { recursive: true })
  return (
    inspectFolder(join(cache, 'tensorflow')) ??
    stop(`${wheel} holds no libtensorflow_cc; try --version 2.15.1.`)
  )
}

/** Node-API headers only: they are the same for every Node, so the npm package does where Node has none beside it. */
function findNodeHeaders() {
  const folders = [
    join(dirname(process.execPath), '..', 'include', 'node'),
    '/usr/include/node',
    '/usr/local/include/node',
  ]
  try {
    folders.push(require('node-api-headers').include_dir)
  } catch {}
  return (
    folders.find((folder) => existsSync(join(folder, 'node_api.h'))) ??
    stop('no node_api.h; npm install node-api-headers.')
  )
}

function compile(addon, library, headers) {
  mkdirSync(dirname(addon.file), { recursive: true })
  const unfinished = `${addon.file}.${process.pid}`
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(addon.folder, 'binding', file))
  const mac = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []
  run(process.env.CXX ?? 'c++', [
    '-std=c++17',
    '-O2',
    '-fPIC',
    '-shared',
    `-DNAPI_VERSION=${addon.napi}`,
    `-I${headers}`,
    `-I${library.include}`,
    ...sources,
    '-o',
    unfinished,
    ...library.files.map((file) => join(library.folder, file)),
    `-Wl,-rpath,${library.folder}`,
    ...mac,
  ])
  renameSync(unfinished, addon.file)
}

function userCache() {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches')
  return process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
}

function run(command, parameters) {
  const result = spawnSync(command, parameters, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (result.error) stop(`${command} could not be started: ${result.error.message}`)
  if (result.status !== 0) stop(`${command} ended with status ${result.status}.`)
}

function stop(message) {
  console.error(`build-tfjs-node: ${message}`)
  process.exit(1)
}
