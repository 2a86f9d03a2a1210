// What a command line needs before it knows which command runs: nothing here loads an engine, a model or a schema.
export { presetNames } from './config/preset-names.ts'
export {
  dependencyManifest,
  type FoundManifest,
  type Manifest,
  nearestManifest,
} from './discovery/manifest.ts'
export { deviceNames, engineNames } from './engine-names.ts'
