import type { Engine } from '@saliency/core'
import { discoverPlugins } from '../src/discovery/discover.ts'
import { createRegistry } from '../src/discovery/registry.ts'
import { openEngine } from '../src/engines.ts'
import { loadModel } from '../src/models.ts'
import { openStudyImages } from '../src/study/open-images.ts'
import { prepareStudy } from '../src/study/prepare.ts'
import type { StudyRecord } from '../src/store/run-folder.ts'
import { resolveSettings, type Settings } from '../src/study/settings.ts'
import type { Study } from '../src/study/study.ts'

/** A study of a demo network and its description. */
export async function prepared(
  config: Partial<Settings>,
  { wrap = (engine) => engine, stored }: { wrap?: (engine: Engine) => Engine; stored?: StudyRecord } = {},
): Promise<{ study: Study; record: StudyRecord }> {
  const settings = resolveSettings({}, { model: 'residual', ...config })
  const model = await loadModel(settings.model)
  const images = await openStudyImages(settings, '.', model)
  const registry = createRegistry(await discoverPlugins())
  const engine = wrap(await openEngine(settings.engine))
  return prepareStudy({ settings, model, images, registry, engine, ...(stored && { stored }) })
}

/** A study of a demo network, ready to run. */
export async function preparedStudy(
  config: Partial<Settings>,
  wrap?: (engine: Engine) => Engine,
): Promise<Study> {
  return (await prepared(config, wrap && { wrap })).study
}
