import type { Check, Method } from '@saliency/core'

/** Where a plugin was asked for. */
export type PluginSource = 'config' | 'project' | 'runner'

/** What became of a package that declares itself a plugin. */
export type PluginStatus =
  /** Loaded and verified. */
  | 'ok'
  /** Its code could not be imported, or is no plugin. */
  | 'failed'
  /** Written for another version of the contract; not imported. */
  | 'incompatible'
  /** The same package was found before; that one counts. */
  | 'shadowed'
  /** Another package has the same id; neither can be used. */
  | 'conflict'

/** One row of `saliency list`: a plugin package and what became of it. */
export interface PluginRecord {
  readonly package: string
  readonly version: string
  /** The folder of the package, or the file; empty for objects in a config. */
  readonly path: string
  /** The module that was imported; none for objects in a config, and for what was not imported. */
  readonly url?: string
  readonly kind: 'method' | 'check'
  readonly source: PluginSource
  readonly status: PluginStatus
  /** Why it is not `ok`, and what to do. */
  readonly reason?: string
  readonly methods: readonly Method[]
  readonly checks: readonly Check[]
}

/** A plugin named in a config: a package, a path, or the plugin itself. */
export type PluginReference = string | Method | Check | readonly (Method | Check)[]
