import type { DemoName } from '../protocol.ts'
import { chooseDemo } from '../state/actions.ts'
import { network } from '../state/state.ts'

const demos: readonly { name: DemoName; title: string; text: string }[] = [
  { name: 'residual', title: 'Residual', text: 'Residual blocks and batch norm, eight shapes' },
  { name: 'vgg', title: 'VGG', text: 'Plain convolutions and two dense layers, eight shapes' },
  { name: 'vit', title: 'Transformer', text: 'Vision transformer with a class token, eight shapes' },
]

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
            aria-pressed={network.value?.name === name}
            onClick={() => void chooseDemo(name)}
          >
            {title}
          </button>
        ))}
      </div>
    </section>
  )
}
