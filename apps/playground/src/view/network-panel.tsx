import { choose } from '../state/opening.ts'
import { network } from '../state/state.ts'
import { Choice } from './choice.tsx'

/** What of the network is explained: which output, and which layer the CAM family looks at. */
export function NetworkPanel() {
  // Its place is kept until there is a network, so that nothing below moves.
  const { outputs, layers } = network.value ?? { layers: { names: [], chosen: '' } }
  return (
    <>
      {outputs && outputs.names.length > 1 && (
        <Choice
          label="Output with the class scores"
          value={outputs.chosen}
          onChoose={(output) => void choose({ output })}
        >
          {outputs.names.map((name) => (
            <option>{name}</option>
          ))}
        </Choice>
      )}
      {layers && (
        <Choice
          label="Target layer of Grad-CAM and its relatives"
          value={layers.chosen}
          onChoose={(layer) => void choose({ layer })}
        >
          {layers.chosen === '' && (
            <option value="">{network.value ? 'none goes without saying: choose' : '…'}</option>
          )}
          {layers.names.map((name) => (
            <option>{name}</option>
          ))}
        </Choice>
      )}
    </>
  )
}
