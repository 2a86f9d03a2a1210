import { effect } from '@preact/signals'
import type { DemoName, NetworkOrigin } from '../protocol.ts'
import { chooseClass, chooseNetwork, choosePicture, chooseStep } from './actions.ts'
import * as state from './state.ts'

/** What a link says: only networks and pictures of the page can be named by one. */
interface Linked {
  readonly network: DemoName
  readonly picture?: string
  readonly target?: number
  readonly step?: number
}

const isDemo = (name: string | null): name is DemoName => ['residual', 'vgg', 'vit'].includes(name ?? '')

function readLink(): Linked {
  const fields = new URLSearchParams(location.hash.slice(1))
  const [network, picture] = [fields.get('network'), fields.get('picture')]
  const number = (name: string) => {
    const value = Number(fields.get(name) ?? NaN)
    return Number.isInteger(value) && value >= 0 ? { [name]: value } : {}
  }
  return {
    network: isDemo(network) ? network : 'residual',
    ...(picture !== null && { picture }),
    ...number('target'),
    ...number('step'),
  }
}

function linkTo(): string | undefined {
  const origin = state.origin.value
  const picture = state.pictureId.value
  if (!origin || !('demo' in origin) || picture === undefined) return undefined
  if (state.given.value.some(({ id }) => id === picture)) return undefined
  const target = state.target.value === state.predicted.value ? {} : { target: String(state.target.value) }
  const step = state.step.value === 0 ? {} : { step: String(state.step.value) }
  return `#${new URLSearchParams({ network: origin.demo, picture, ...target, ...step }).toString()}`
}

/** The network of this machine that the page was opened for, by the command that serves it. */
function localOrigin(): NetworkOrigin | undefined {
  const fields = new URLSearchParams(location.search)
  const [path, name] = [fields.get('local'), fields.get('name')]
  if (path === null || location.hash !== '') return undefined
  return { local: { path, name: name ?? path, folder: new URL('local/', document.baseURI).href } }
}

let isFollowing = false

/** Shows what the address says: a link that somebody sent, or the back button. */
async function follow(): Promise<void> {
  const local = localOrigin()
  if (local) return void (await chooseNetwork(local))
  isFollowing = true
  const { network, picture, target, step } = readLink()
  const origin = state.origin.value
  if (!origin || !('demo' in origin) || origin.demo !== network) await chooseNetwork({ demo: network })
  const isKnown = state.pictures.value.some(({ id }) => id === picture)
  if (picture !== undefined && isKnown && picture !== state.pictureId.value) await choosePicture(picture)
  isFollowing = false
  if (step !== undefined && step <= (state.network.value?.steps.length ?? 0)) await chooseStep(step)
  else if (target !== undefined && state.predictions.value.some(({ index }) => index === target))
    await chooseClass(target)
  else if (state.change.value !== undefined) await chooseClass(state.predicted.value)
}

/** Keeps the address and the page together. */
export function keepLink(): void {
  void follow()
  addEventListener('popstate', () => void follow())
  effect(() => {
    const link = linkTo()
    if (isFollowing || link === undefined || link === location.hash) return
    // The first state is where the page begins, and no step to go back to.
    if (location.hash === '') history.replaceState(undefined, '', link)
    else history.pushState(undefined, '', link)
  })
}
