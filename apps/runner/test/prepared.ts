import type { Engine } from '@saliency/core'
import { discoverPlugins } from '../src/discovery/discover.ts'
import { createRegistry } from '../src/discovery/registry.ts'
import { openEngine } from '../src/engines.ts'
import { loadModel } from '../src/models.ts'
import { openStudyImages } from '../src/study/open-images.ts'
import { prepareStudy } from '../src/study/prepare.ts'
import { resolveSettings, type Settings } from '../src/study/settings.ts'
import type { Study } from '../src/study/study.ts'

/** A study of a demo network, ready to run. */
export async function preparedStudy(
  config: Partial<Settings>,
  wrap: (engine: Engine) => Engine = (engine) => engine,
): Promise<Study> {
  const settings = resolveSettings({}, { model: 'residual', ...config })
  const model = await loadModel(settings.model)
  const images = await openStudyImages(settings, '.', model.classes)
  const registry = createRegistry(await discoverPlugins())
  const engine = wrap(await openEngine(settings.engine))
  return (await prepareStudy({ settings, model, images, registry, engine })).study
}
