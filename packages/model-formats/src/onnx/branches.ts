import type { GraphProto, NodeProto } from '@saliency/onnx-proto'
import { numbersIn } from '../constant/constant-tensor.ts'
import { unsupported } from '../problems.ts'
import { isConstant, type Entry } from './node-call.ts'

/** The graphs of an If: what is computed where its condition holds, and where it does not. */
function branchesOf(node: NodeProto): readonly GraphProto[] {
  return node.opType === 'If' ? (node.attribute ?? []).flatMap(({ g }) => g ?? []) : []
}

/** A node and all nodes of its branches. */
export function withBranches(node: NodeProto): readonly NodeProto[] {
  return [node, ...branchesOf(node).flatMap((branch) => (branch.node ?? []).flatMap(withBranches))]
}

/** Names that a branch reads of the graph around it. */
function captured(branch: GraphProto): readonly string[] {
  const nodes = (branch.node ?? []).map(withCaptures)
  const own = new Set([
    ...nodes.flatMap(({ output = [] }) => output),
    ...(branch.initializer ?? []).map(({ name = '' }) => name),
  ])
  const read = [
    ...nodes.flatMap(({ input = [] }) => input),
    ...(branch.output ?? []).map(({ name = '' }) => name),
  ]
  return read.filter((name) => name !== '' && !own.has(name))
}

/** The node with what its branches read of the graph around them among its inputs, behind its condition. */
export function withCaptures(node: NodeProto): NodeProto {
  const branches = branchesOf(node)
  if (branches.length === 0) return node
  return { ...node, input: [...new Set([...(node.input ?? []), ...branches.flatMap(captured)])] }
}

/**
 * The branch of an If that is taken.
 * @throws UNSUPPORTED_MODEL when its condition is computed from the image.
 */
export function takenBranch(node: NodeProto, condition: Entry | undefined): GraphProto {
  if (!condition || !isConstant(condition)) throw unsupported('its condition is computed from the image')
  const wanted = numbersIn(condition.data)[0] === 0 ? 'else_branch' : 'then_branch'
  const branch = (node.attribute ?? []).find(({ name }) => name === wanted)?.g
  if (!branch) throw unsupported(`it has no ${wanted}`)
  return branch
}
