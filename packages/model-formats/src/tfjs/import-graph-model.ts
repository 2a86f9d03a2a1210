import type { ImportedModel, ImportSettings } from '../imported-model.ts'
import type { ModelFiles } from '../model-files.ts'
import { unsupported } from '../problems.ts'

export async function importGraphModel(
  _json: unknown,
  _files: ModelFiles,
  _settings: ImportSettings,
): Promise<ImportedModel> {
  throw unsupported('graph models')
}
