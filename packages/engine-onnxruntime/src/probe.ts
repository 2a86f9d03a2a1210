import { createGraph, type Engine, messageOf, SaliencyError, tensor } from '@saliency/core'
import { type Device, devices, remedies } from './devices.ts'

/** Why an engine cannot compute relu(2·3 − 1) + 3 by a convolution; nothing where it can. */
async function failureOf(engine: Engine): Promise<string | undefined> {
  const ops = createGraph().layer('probe')
  const image = ops.input('image', ['n', 1, 1, 1])
  const [kernel, bias] = [ops.parameter('kernel', [1, 1, 1, 1]), ops.parameter('bias', [1])]
  const result = ops.add(ops.relu(ops.conv(image, kernel, bias)), image)
  const weights = new Map([
    ['kernel', tensor(Float32Array.of(2), [1, 1, 1, 1])],
    ['bias', tensor(Float32Array.of(-1), [1])],
  ])
  try {
    const session = await engine.open({ outputs: { result } }, weights)
    const { result: found } = await session.run({ image: tensor(Float32Array.of(3), [1, 1, 1, 1]) })
    await session.dispose()
    return Number(found?.data[0]) === 8 ? undefined : `it computes ${found?.data[0]} where 8 is right.`
  } catch (error) {
    return `${messageOf(error).split('\n')[0]}.`.replace(/\.\.$/, '.')
  }
}

/**
 * The engine of the device that is asked for, or of the first that works; each has computed a small graph rightly.
 * @param offered the devices that the library knows on this system
 * @param log is told why there is none but the processor
 * @throws ENGINE if the device cannot be used
 */
export async function firstThatWorks(
  wanted: Device | 'auto',
  offered: readonly string[],
  engineOf: (device: Device) => Engine,
  log: (line: string) => void,
): Promise<Engine> {
  const candidates = wanted === 'auto' ? devices.filter((device) => offered.includes(device)) : [wanted]
  const passed: string[] = []
  for (const device of candidates) {
    const engine = engineOf(device)
    const failure = offered.includes(device)
      ? await failureOf(engine)
      : `ONNX Runtime has only ${offered.join(', ')} on this system.`
    if (failure === undefined) {
      if (device === 'cpu') for (const line of passed) log(line)
      return engine
    }
    const sentence = `The device '${device}' cannot be used: ${failure} ${remedies[device]}`
    if (wanted !== 'auto') throw new SaliencyError('ENGINE', sentence)
    passed.push(sentence)
  }
  throw new SaliencyError('ENGINE', passed.join(' '))
}
