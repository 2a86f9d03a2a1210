import { SaliencyError, shortJson, suggestion } from '@saliency/core'
import type { ExplainSettings } from './explain-settings.ts'

const KNOWN: readonly (keyof ExplainSettings)[] = [
  'method',
  'target',
  'options',
  'engine',
  'seed',
  'plugins',
  'onUnavailable',
]

const refuse = (message: string): never => {
  throw new SaliencyError('INVALID_INPUT', message)
}

/** What something is, for a message. */
const named = (value: unknown) =>
  typeof value === 'object' && value !== null ? 'an object without them' : shortJson(value)

/**
 * Looks at what `explain` was called with: nobody but the compiler would, in a program of plain JavaScript.
 * @throws INVALID_INPUT saying which argument is wrong, and what it takes
 */
export function assertCall(model: unknown, image: unknown, settings: unknown): void {
  const call = 'explain(model, image, { method })'
  if (typeof model !== 'object' || model === null || !('model' in model) || !('weights' in model))
    refuse(`${call}: the model is ${named(model)}; it takes what \`await loadModel('model.onnx')\` returns.`)
  const isArray = typeof image === 'object' && image !== null && 'data' in image && 'shape' in image
  if (typeof image !== 'string' && !isArray)
    refuse(
      `${call}: the image is ${named(image)}; it takes a path, or { data, shape } with [c, h, w] numbers.`,
    )
  if (typeof settings !== 'object' || settings === null)
    refuse(`${call}: the settings are ${shortJson(settings)}; they take at least { method: 'guided' }.`)
  const unknown = Object.keys(settings as object).find((name) => !(KNOWN as readonly string[]).includes(name))
  if (unknown !== undefined)
    refuse(
      `${call}: unknown setting '${unknown}'.${suggestion(unknown, KNOWN)} There are ${KNOWN.join(', ')}.`,
    )
  const { method } = settings as Partial<ExplainSettings>
  const list: readonly unknown[] = Array.isArray(method) ? method : [method]
  const isMethod = (one: unknown) =>
    typeof one === 'string' || (typeof one === 'object' && one !== null && 'variants' in one)
  if (list.length === 0 || !list.every(isMethod))
    refuse(
      `${call}: the method is ${shortJson(method)}; it takes a name such as 'guided', 'all', a method, or a list of these.`,
    )
}
