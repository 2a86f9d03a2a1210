import { describeMethod, tinyNetworkNames, tinyTransformerNames } from '@saliency/testing'
import { attention } from '../src/index.ts'

describeMethod(attention, {
  networks: tinyTransformerNames,
  refuses: Object.fromEntries(tinyNetworkNames.map((name) => [name, 'UNSUPPORTED_MODEL'])),
})
