import { counted } from '@saliency/core'
import type { DemoName } from '../protocol.ts'
import { chooseNetwork } from '../state/opening.ts'
import { network, origin } from '../state/state.ts'
import { NetworkPanel } from './network-panel.tsx'

const demos: readonly { name: DemoName; title: string; text: string }[] = [
  { name: 'residual', title: 'Residual', text: 'Residual blocks and batch norm, eight shapes' },
  { name: 'vgg', title: 'VGG', text: 'Plain convolutions and two dense layers, eight shapes' },
  { name: 'vit', title: 'Transformer', text: 'Vision transformer with a class token, eight shapes' },
]

const isOpen = (name: DemoName) =>
  origin.value !== undefined && 'demo' in origin.value && origin.value.demo === name

/** Where a network is chosen. */
export function Networks() {
  return (
    <section>
      <h2>Network</h2>
      <div class="choices" role="group" aria-label="Networks of this page">
        {demos.map(({ name, title, text }) => (
          <button
            type="button"
            title={text}
            aria-pressed={isOpen(name)}
            onClick={() => void chooseNetwork({ demo: name })}
          >
            {title}
          </button>
        ))}
      </div>
      <p class="note" data-network={network.value?.name}>
        {network.value
          ? `${network.value.name}, ${counted(network.value.classes.length, 'class', 'classes')}`
          : 'None yet'}
      </p>
      <NetworkPanel />
    </section>
  )
}
