import { layerWriter } from './layers.ts'
import { createNetwork, type KerasArchitecture } from './network.ts'

/** VGG-16 (Simonyan & Zisserman 2015, configuration D) in Keras' names, 224², 138,357,544 parameters. */
export function vgg16(): KerasArchitecture {
  const network = createNetwork('vgg16')
  const write = layerWriter(network)
  let x = network.input(224, 224, 3)
  for (const [index, [convolutions, filters]] of (
    [
      [2, 64],
      [2, 128],
      [3, 256],
      [3, 512],
      [3, 512],
    ] as const
  ).entries()) {
    const block = `block${index + 1}`
    for (let layer = 1; layer <= convolutions; layer++) {
      x = write.conv(x, `${block}_conv${layer}`, filters, 3, { activation: 'relu' })
    }
    x = write.maxPool(x, `${block}_pool`, 2, 2)
  }
  x = write.flatten(x, 'flatten')
  x = write.dense(x, 'fc1', 4096, 'relu')
  x = write.dense(x, 'fc2', 4096, 'relu')
  return network.finish(write.dense(x, 'predictions', 1000, 'softmax'))
}
