import { createInterface } from 'node:readline'
import { LOGITS, type Plan, type Session } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { loadModel } from '@saliency/model-formats/node'
import { describeMachine } from './machine.ts'
import { feedsFor, planOf } from './measure.ts'
import { parameterAxis } from './parameter-axis.ts'
import { variantsOf, works } from './works.ts'

// Answers how long a work takes on a model file, a line of JSON for each line with the work's name, so that a script in
// another language measures its own libraries in turn with this one.

const [file = '', batch = '8', threads = '2'] = process.argv.slice(2)
const engine = await openOnnxRuntime({ threads: Number(threads) })
const network = await loadModel(file)
const feeds = feedsFor({ network, batch: Number(batch) })
const open = new Map<string, Session>()

function planFor(name: string): Plan {
  if (name === 'forward') return { outputs: { [LOGITS]: network.model.logits } }
  const work = works.find((one) => one.name === name)
  if (!work) throw new Error(`There is no work '${name}': ${works.map((one) => one.name).join('; ')}.`)
  return planOf({ network }, variantsOf(work)).plan
}

/** The session of a work, opened and run once before it is measured. */
async function sessionFor(name: string): Promise<Session> {
  const known = open.get(name)
  if (known) return known
  const session = await engine.open(planFor(name), network.weights)
  await session.run(feeds)
  open.set(name, session)
  return session
}

/** Milliseconds of a work; of the parameter axis, opening each weight state counts, for the peers draw theirs too. */
async function timeOf(name: string): Promise<number> {
  const isAxis = name === 'parameter axis of the gradient'
  const session = isAxis ? undefined : await sessionFor(name)
  const start = performance.now()
  await (session ? session.run(feeds) : parameterAxis(engine, network, feeds))
  return performance.now() - start
}

console.log(JSON.stringify({ engine: engine.description, machine: describeMachine() }))
for await (const name of createInterface({ input: process.stdin }))
  console.log(JSON.stringify({ work: name, ms: await timeOf(name) }))
