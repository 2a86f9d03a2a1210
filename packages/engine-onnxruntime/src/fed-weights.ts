import type { FloatTensor, Node, Plan, Session, Value, Weights } from '@saliency/core'
import type { InferenceSession } from 'onnxruntime-common'
import type { Library } from './runtime.ts'
import { createSession } from './session.ts'
import { checkWeights, valueInfo, type WrittenPlan } from './write/to-onnx.ts'

/** Sessions that stay open after their last user: the next weight state is likely to ask for the same plans. */
const IDLE = 16

/** The plan with its parameters among the inputs, so that it holds no weights. */
export function withFedWeights(written: WrittenPlan): WrittenPlan {
  const { model, parameters } = written
  const { initializer = [], input = [] } = model.graph ?? {}
  const fed = parameters.map((node) => valueInfo(node.attributes.name, node.outputs[0] as Value))
  const graph = {
    ...model.graph,
    initializer: initializer.filter(({ dataLocation }) => dataLocation !== 1),
    input: [...input, ...fed],
  }
  return { ...written, model: { ...model, graph } }
}

/** Runs a session with weights beside whatever else it is fed. */
function fedWith(
  session: InferenceSession,
  parameters: readonly Node<'Parameter'>[],
  weights: Weights,
  { Tensor: RuntimeTensor }: Library,
): InferenceSession['run'] {
  const values = parameters.map(({ attributes: { name } }) => {
    const { data, shape } = weights.get(name) as FloatTensor
    return [name, new RuntimeTensor('float32', data, shape)] as const
  })
  return (feeds) => session.run({ ...feeds, ...Object.fromEntries(values) })
}

/** Opens plans that hold no weights. */
type OpenShared = (
  plan: Plan,
  written: WrittenPlan,
  weights: Weights,
  create: () => Promise<InferenceSession>,
) => Promise<Session>

/** All weight states of a plan share one session of ONNX Runtime, which the first of them creates. */
export function sharedSessions(library: Library): OpenShared {
  // In the order in which they were asked for last.
  const opened = new Map<Plan, { readonly session: Promise<InferenceSession>; users: number }>()

  async function release(plan: Plan): Promise<void> {
    const own = opened.get(plan)
    if (own) own.users--
    const idle = [...opened].filter(([, { users }]) => users === 0)
    for (const [unused, { session }] of idle.slice(0, -IDLE)) {
      opened.delete(unused)
      await (await session).release()
    }
  }

  return async (plan, { inputs, parameters }, weights, create) => {
    checkWeights(parameters, weights)
    const shared = opened.get(plan) ?? { session: create(), users: 0 }
    shared.users++
    opened.delete(plan)
    opened.set(plan, shared)
    const session = await shared.session.catch((error: unknown) => {
      opened.delete(plan)
      throw error
    })
    const run = fedWith(session, parameters, weights, library)
    return createSession({ run, release: () => release(plan) }, inputs, library)
  }
}
