import { tensor, type FloatTensor, type Method } from '@saliency/core'
import type { MethodSettings } from './settings.ts'
import { explainWith, type ExplainRequest } from '../explain-with.ts'
import { rowOf } from '../rows.ts'
import { oneHot, seededImages } from '../seeded-weights.ts'
import { tinyNetwork, tinyNetworkNames, type TinyNetwork } from '../tiny-networks.ts'

/** The networks a suite tries, less those that the method refuses. */
export function networksOf({ networks = tinyNetworkNames, refuses = {} }: MethodSettings): readonly string[] {
  return networks.filter((name) => !(name in refuses))
}

/** All variants of a method on one network: two images of different classes, and the same again in other ways. */
export interface Bench {
  readonly network: TinyNetwork
  readonly request: ExplainRequest
  readonly pair: ReadonlyMap<string, FloatTensor>
}

/** Opens each bench of a method once, for all of its suites. */
export type Benches = (network: string, biases?: boolean) => Promise<Bench>

/** The benches of one method, computed when first asked for. */
export function benchesOf(method: Method, settings: MethodSettings): Benches {
  const open = new Map<string, Promise<Bench>>()
  return (network, biases = true) => {
    const key = `${network} ${biases}`
    const bench = open.get(key) ?? openBench(method, network, settings, biases)
    open.set(key, bench)
    return bench
  }
}

/** Two images of a network and two classes, for every variant at once. */
async function openBench(
  method: Method,
  name: string,
  { methods = [] }: MethodSettings,
  biases: boolean,
): Promise<Bench> {
  const network = tinyNetwork(name, { biases })
  const { model, weights } = network
  const inputs = seededImages(model, 2)
  const request = { model, weights, method, methods, inputs, direction: oneHot(model, [1, 3]) }
  return { network, request, pair: await explainWith(request) }
}

/** One image of a request, known to random streams by its old position. */
export function alone(request: ExplainRequest, image: number): ExplainRequest {
  return {
    ...request,
    inputs: rowOf(request.inputs, image),
    direction: rowOf(request.direction, image),
    ids: [`image ${image}`],
  }
}

/** A map times −1. */
export function negated({ data, shape }: FloatTensor): FloatTensor {
  return tensor(
    data.map((value) => -value),
    shape,
  )
}
