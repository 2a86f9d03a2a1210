import type { AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto } from '@saliency/onnx-proto'
import { invalid } from '../problems.ts'

/** Functions that call functions; deeper ones call themselves. */
const deepest = 32

type Rename = (name: string) => string

const keyOf = (domain: string | undefined, name: string | undefined) => `${domain ?? ''}:${name ?? ''}`

/** Attributes of a node in a function: a reference takes the caller's attribute, or the function's standard. */
function resolved(
  attributes: readonly AttributeProto[],
  caller: NodeProto,
  { attributeProto = [] }: FunctionProto,
  rename: Rename,
): AttributeProto[] {
  return attributes.flatMap((attribute): AttributeProto[] => {
    const { name, refAttrName, g } = attribute
    if (g) return [{ ...attribute, g: renamed(g, caller, rename) }]
    if (!refAttrName) return [attribute]
    const given = [...(caller.attribute ?? []), ...attributeProto].find((item) => item.name === refAttrName)
    return given ? [{ ...given, ...(name !== undefined && { name }) }] : []
  })
}

/** A branch inside of a function. */
function renamed(graph: GraphProto, caller: NodeProto, rename: Rename): GraphProto {
  const named = <T extends { name?: string }>(items: readonly T[] | undefined): T[] =>
    (items ?? []).map((item) => ({ ...item, name: rename(item.name ?? '') }))
  return {
    ...graph,
    node: (graph.node ?? []).map((node) => placed(node, caller, {}, rename)),
    initializer: named(graph.initializer),
    output: named(graph.output),
  }
}

/** A node of a function where it is called. */
function placed(node: NodeProto, caller: NodeProto, called: FunctionProto, rename: Rename): NodeProto {
  return {
    ...node,
    name: `${caller.name || (caller.output?.[0] ?? '')}/${node.name || node.opType}`,
    input: (node.input ?? []).map(rename),
    output: (node.output ?? []).map(rename),
    ...(!node.metadataProps?.length && caller.metadataProps && { metadataProps: caller.metadataProps }),
    attribute: resolved(node.attribute ?? [], caller, called, rename),
  }
}

function inline(
  node: NodeProto,
  functions: ReadonlyMap<string, FunctionProto>,
  depth = 0,
): readonly NodeProto[] {
  const called = functions.get(keyOf(node.domain, node.opType))
  if (!called) return [node]
  if (depth > deepest) throw invalid(`The function '${node.opType}' calls itself.`)
  const names = new Map<string, string>()
  for (const [index, name] of (called.input ?? []).entries()) names.set(name, node.input?.[index] ?? '')
  for (const [index, name] of (called.output ?? []).entries()) {
    const outside = node.output?.[index]
    if (outside) names.set(name, outside)
  }
  const scope = node.name || (node.output?.[0] ?? '')
  const rename: Rename = (name) => (name === '' ? '' : (names.get(name) ?? `${scope}/${name}`))
  return (called.node ?? [])
    .map((inner) => placed(inner, node, called, rename))
    .flatMap((inner) => inline(inner, functions, depth + 1))
}

/**
 * The graph of a model with every call of the model's own functions replaced by what it computes.
 * @throws INVALID_MODEL for functions that call themselves.
 */
export function inlineFunctions({ functions = [] }: ModelProto, graph: GraphProto): GraphProto {
  if (functions.length === 0) return graph
  const byName = new Map(functions.map((item) => [keyOf(item.domain, item.name), item]))
  return { ...graph, node: (graph.node ?? []).flatMap((node) => inline(node, byName)) }
}
