import { cpus, platform, totalmem } from 'node:os'
import type { Options, Weights } from '@saliency/core'
import type { VariantSet } from '@saliency/explain'
import { dependencyManifest, readManifest, runnerFolder } from '../discovery/manifest.ts'
import type { Registry } from '../discovery/registry.ts'
import { variantRecords } from './facts.ts'
import { weightsHash } from './fingerprint.ts'
import type { StudyParts } from './parts.ts'
import type { CheckRecord, Identity } from '../store/run-folder.ts'
import type { SelectedCheck } from './select-checks.ts'

function versionOf(name: string): string {
  return dependencyManifest(name, runnerFolder)?.manifest.version ?? ''
}

function checkRecord({ check, options }: SelectedCheck, registry: Registry): CheckRecord {
  const origin = registry.origin(check)
  const { id, title, references } = check
  return {
    id,
    title,
    references,
    options: options as Options,
    package: origin?.package ?? '',
    version: origin?.version ?? '',
  }
}

/** Everything that changes a number of a study. */
export function identityOf(
  parts: StudyParts,
  twin: Weights | undefined,
  set: VariantSet,
  checks: readonly SelectedCheck[],
  sizes: { batchSize: number; perSession: number },
  fingerprint: string,
): Identity {
  const { model, images, registry, settings, engine } = parts
  const count = Math.min(images.limit, images.set.images.length)
  return {
    model: {
      name: model.model.name,
      sha256: weightsHash(model.weights),
      ...(model.output !== undefined && { output: model.output }),
      ...(twin && { twin: weightsHash(twin) }),
    },
    preprocess: model.preprocess,
    images: { name: images.set.name, count, sha256: fingerprint },
    variants: variantRecords(set.variants, registry),
    checks: checks.map((one) => checkRecord(one, registry)),
    seed: settings.seed,
    engine: { id: engine.id, version: engine.version },
    ...sizes,
    versions: { runner: readManifest(runnerFolder)?.version ?? '', core: versionOf('@saliency/core') },
  }
}

/** One line on the machine, for the protocol. */
export function describeMachine(): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} threads, ${memory} GiB, ${platform()}, Node.js ${process.version}`
}
