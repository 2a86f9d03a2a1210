import { resolve } from 'node:path'
import { type Handling, SaliencyError, suggestion } from '@saliency/core'
import type { ExternalVariant } from '@saliency/study'
import { type ExternalSource, openExternal } from '@saliency/study/node'

const handlings: readonly Handling[] = ['signed', 'positive', 'negative', 'absolute']
const keys = ['handling', 'counterpart']

const isHandling = (text: string): text is Handling => (handlings as readonly string[]).includes(text)

/**
 * Reads `NAME=FOLDER[,handling=…][,counterpart=METHOD/VARIANT]`.
 * @throws INVALID_OPTION saying what is wrong with it
 */
export function parseMaps(text: string): ExternalSource {
  const refuse = (problem: string): never => {
    throw new SaliencyError(
      'INVALID_OPTION',
      `--maps '${text}': ${problem} Write NAME=FOLDER,handling=positive,counterpart=METHOD/VARIANT; what follows the folder may be left out.`,
    )
  }
  const [source = '', ...parts] = text.split(',')
  const [, name, folder] = /^([^=]+)=(.+)$/.exec(source) ?? refuse('there is no NAME=FOLDER.')
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(name as string))
    refuse(`the name '${name}' takes lower-case letters, digits, points and hyphens.`)
  const said = new Map<string, string>()
  for (const part of parts) {
    const [key = '', value = ''] = part.split('=')
    if (!keys.includes(key)) refuse(`there is no '${key}'.${suggestion(key, keys)}`)
    if (said.has(key)) refuse(`${key} is said twice.`)
    said.set(key, value)
  }
  const handling = said.get('handling') ?? 'signed'
  if (!isHandling(handling))
    return refuse(
      `handling '${handling}' is none of ${handlings.join(', ')}.${suggestion(handling, handlings)}`,
    )
  const counterpart = said.get('counterpart')
  return {
    name: name as string,
    folder: folder as string,
    handling,
    ...(counterpart !== undefined && { counterpart }),
  }
}

/**
 * Opens the maps that a configuration names.
 * @throws INVALID_OPTION where a text is wrong or a name is given twice; INVALID_INPUT where maps cannot be used
 */
export function openMapsElsewhere(texts: readonly string[], root: string): ExternalVariant[] {
  const sources = texts.map(parseMaps)
  const twice = sources.find(({ name }, at) => sources.findIndex((one) => one.name === name) !== at)
  if (twice)
    throw new SaliencyError(
      'INVALID_OPTION',
      `--maps: the name '${twice.name}' is given twice: choose another.`,
    )
  return sources.map((source) => openExternal({ ...source, folder: resolve(root, source.folder) }))
}
