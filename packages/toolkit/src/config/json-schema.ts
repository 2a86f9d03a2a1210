import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { configSchema } from './schema.ts'

/** The configuration's JSON Schema, for editors; committed as `config.schema.json` and kept fresh by a test. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = toJsonSchema(configSchema, {
    errorMode: 'ignore',
    // A plugin given as an object has no JSON form.
    overrideSchema: ({ valibotSchema, jsonSchema }) =>
      (valibotSchema as v.GenericSchema).type === 'custom'
        ? { type: 'object', description: 'A plugin (only in .ts and .js configurations).' }
        : jsonSchema,
  })
  return { ...schema, title: 'Saliency study', $id: 'saliency.config.schema.json' } as Record<string, unknown>
}
