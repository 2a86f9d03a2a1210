import type { InferenceSession } from 'onnxruntime-common'
import type { Backend } from './runtime.ts'
import type { WrittenPlan } from './write/to-onnx.ts'

type Nodes = NonNullable<NonNullable<WrittenPlan['model']['graph']>['node']>

/** On a graphics card MaxPool has no indices, and says so only when it runs. */
const hasIndices = ({ opType, output }: Nodes[number]) => opType === 'MaxPool' && (output ?? []).length > 1

/** Where a plan runs. What a graphics card has no kernel for runs on the processor; what it has a faulty one for, too. */
export function providerFor(
  backend: Backend,
  { model }: WrittenPlan,
): InferenceSession.ExecutionProviderConfig {
  if (backend !== 'webgpu') return 'cpu'
  const nodes: Nodes = model.graph?.node ?? []
  const names = nodes.filter(hasIndices).flatMap(({ name }) => name ?? [])
  // An empty list is refused.
  return names.length > 0 ? { name: 'webgpu', forceCpuNodeNames: names } : 'webgpu'
}
