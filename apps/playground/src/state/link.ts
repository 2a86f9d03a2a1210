import { effect } from '@preact/signals'
import type { NetworkOrigin } from '../protocol.ts'
import { chooseNetwork } from './opening.ts'
import { showAgain } from './actions.ts'
import { type Linked, readLink, writeLink } from './linked.ts'
import * as state from './state.ts'

/** Methods that are shown, where they are not those that are shown of themselves. */
function ownMethods(): Pick<Linked, 'methods'> {
  const families = state.network.value?.families ?? []
  const shown = ({ method }: (typeof families)[number]) => state.shownMethods.value.has(method)
  if (families.every((family) => shown(family) === !family.isSampling)) return {}
  return { methods: families.filter(shown).map(({ method }) => method) }
}

/** What the page shows, where a link can say it. */
function shownNow(): Linked | undefined {
  const origin = state.origin.value
  const picture = state.pictureId.value
  if (!origin || !('demo' in origin) || picture === undefined) return undefined
  if (state.given.value.some(({ id }) => id === picture)) return undefined
  const [target, step] = [state.target.value, state.step.value]
  return {
    network: origin.demo,
    picture,
    ...(target !== state.predicted.value && { target }),
    ...(step > 0 && { step }),
    choices: state.choices.value,
    ...ownMethods(),
    inPairs: state.inPairs.value,
    strength: state.strength.value,
  }
}

/** The network of this machine that the page was opened for, by the command that serves it. */
function localOrigin(): NetworkOrigin | undefined {
  const fields = new URLSearchParams(location.search)
  const [path, name] = [fields.get('local'), fields.get('name')]
  if (path === null || location.hash !== '') return undefined
  return { local: { path, name: name ?? path, folder: new URL('local/', document.baseURI).href } }
}

/** Shows what the address says: a link that somebody sent, or the back button. */
async function show(): Promise<void> {
  const local = localOrigin()
  if (local) return void (await chooseNetwork(local))
  const { network, choices, inPairs, strength, ...wanted } = readLink(location.hash)
  state.inPairs.value = inPairs
  state.strength.value = strength
  const origin = state.origin.value
  const isOpen = origin && 'demo' in origin && origin.demo === network
  const text = (some: Linked['choices']) => writeLink({ network, choices: some, inPairs: false, strength: 1 })
  if (isOpen && text(choices) === text(state.choices.value)) await showAgain(wanted)
  else await chooseNetwork({ demo: network }, choices, { methods: 'quick', ...wanted })
}

let isFollowing = false
let following: Promise<void> = Promise.resolve()

/** One address after the other: whoever goes back twice wants the last. */
function follow(): void {
  following = following.then(async () => {
    const { hash } = location
    isFollowing = true
    await show().finally(() => (isFollowing = false))
    // Of an address that cannot be shown as it stands, what is shown is said instead; it may be left again by now.
    const shown = shownNow()
    if (shown && location.hash === hash) history.replaceState(undefined, '', writeLink(shown))
  })
}

/** Keeps the address and the page together. */
export function keepLink(): void {
  follow()
  addEventListener('popstate', follow)
  effect(() => {
    const shown = shownNow()
    if (isFollowing || !shown) return
    const link = writeLink(shown)
    if (link === location.hash) return
    const isOverlay = link === writeLink({ ...readLink(location.hash), strength: shown.strength })
    // The first state is where the page begins, and how strongly maps cover the picture is no step to go back to.
    if (location.hash === '' || isOverlay) history.replaceState(undefined, '', link)
    else history.pushState(undefined, '', link)
  })
}
