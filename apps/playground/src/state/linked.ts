import type { Preprocess } from '@saliency/model-formats'
import type { DemoName, EngineChoice, NetworkChoices } from '../protocol.ts'

/** What a link says: only networks and pictures of the page can be named by one. */
export interface Linked {
  readonly network: DemoName
  readonly picture?: string
  readonly target?: number
  readonly step?: number
  /** What was chosen for the network instead of what goes without saying. */
  readonly choices: NetworkChoices
  /** Methods whose maps are shown, where they are not those that are quick. */
  readonly methods?: readonly string[]
  readonly inPairs: boolean
  /** How strongly maps cover the picture, 0 to 2. */
  readonly strength: number
}

const isDemo = (name: string | null): name is DemoName => ['residual', 'vgg', 'vit'].includes(name ?? '')
const isEngine = (name: string | null): name is EngineChoice => ['wasm', 'webgpu'].includes(name ?? '')

/** What cannot be read is left out, and its meaning checked by whoever reads the network. */
function preprocessIn(text: string | null): Preprocess | undefined {
  try {
    return text === null ? undefined : (JSON.parse(text) as Preprocess)
  } catch {
    return undefined
  }
}

function choicesIn(fields: URLSearchParams): NetworkChoices {
  const [engine, layer] = [fields.get('engine'), fields.get('layer')]
  const preprocess = preprocessIn(fields.get('input'))
  return {
    engine: isEngine(engine) ? engine : 'auto',
    ...(layer !== null && { layer }),
    ...(preprocess && { preprocess }),
  }
}

/** Reads the part of an address behind `#`; whatever is not said there goes without saying. */
export function readLink(hash: string): Linked {
  const fields = new URLSearchParams(hash.replace(/^#/, ''))
  const [network, picture, methods] = ['network', 'picture', 'maps'].map((name) => fields.get(name))
  const number = (name: string) => {
    const value = Number(fields.get(name) ?? NaN)
    return Number.isInteger(value) && value >= 0 ? { [name]: value } : {}
  }
  const strength = Number(fields.get('overlay') ?? 1)
  return {
    network: isDemo(network ?? null) ? (network as DemoName) : 'residual',
    ...(picture && { picture }),
    ...number('target'),
    ...number('step'),
    choices: choicesIn(fields),
    ...(typeof methods === 'string' && { methods: methods.split(' ').filter(Boolean) }),
    inPairs: fields.has('pairs'),
    strength: strength >= 0 && strength <= 2 ? strength : 1,
  }
}

/** The part of an address behind `#` that says this, with its `#`. */
export function writeLink(linked: Linked): string {
  const { network, picture, target, step, choices, methods, inPairs, strength } = linked
  const { engine, layer, preprocess } = choices
  const fields = new URLSearchParams({
    network,
    ...(picture !== undefined && { picture }),
    ...(target !== undefined && { target: String(target) }),
    ...(step !== undefined && { step: String(step) }),
    ...(layer !== undefined && { layer }),
    ...(engine !== 'auto' && { engine }),
    ...(preprocess && { input: JSON.stringify(preprocess) }),
    ...(methods && { maps: methods.join(' ') }),
    ...(inPairs && { pairs: '' }),
    ...(strength !== 1 && { overlay: String(strength) }),
  })
  return `#${fields.toString()}`
}
