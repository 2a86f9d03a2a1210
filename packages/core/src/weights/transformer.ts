import type { Initializer, Operators } from '../graph/operators.ts'
import { ancestors, dataInputs, dependsOnInput } from '../graph/reach.ts'
import { isNode, type Node } from '../graph/value.ts'
import type { Layer } from '../model.ts'

type Parameter = Operators['Parameter']

/** How ViT, DeiT, Swin and CLIP's image encoder draw what multiplies tokens, and what is added to or joined with them. */
const TRANSFORMER: Initializer = { name: 'truncated-normal', value: 0.02 }
const ZEROS: Initializer = { name: 'zeros' }

/** The parameters that an operator reads beside its signals, through whatever shapes them. */
function parametersOf({ inputs }: Node, role: Parameter['role']): readonly Parameter[] {
  return ancestors(inputs.filter((input) => !dependsOnInput(input)))
    .filter((node) => isNode(node, 'Parameter'))
    .map(({ attributes }) => attributes)
    .filter((parameter) => parameter.role === role)
}

const isLinear = (node: Node) =>
  (isNode(node, 'MatMul') || isNode(node, 'Gemm')) && parametersOf(node, 'kernel').length > 0

/** How a transformer draws the parameters of one operator that it draws in a way of its own, by their names. */
function initializersAt(node: Node): readonly (readonly [name: string, Initializer])[] {
  const all = (role: Parameter['role'], initializer: Initializer) =>
    parametersOf(node, role).map(({ name }) => [name, initializer] as const)
  if (isLinear(node)) return [...all('kernel', TRANSFORMER), ...all('bias', ZEROS)]
  if (!isNode(node, 'Add') && !isNode(node, 'Concat')) return []
  const isBias = isNode(node, 'Add') && dataInputs(node).some(({ value }) => isLinear(value.node))
  return isBias ? [...all('other', ZEROS), ...all('bias', ZEROS)] : all('other', TRANSFORMER)
}

/**
 * The layers of a transformer with its initialisers: linear layers by a normal of deviation .02 cut at ±2 deviations, their
 * biases zero, and position embeddings, class token and registers by that normal too (Dosovitskiy et al. 2021 and DeiT, as
 * timm and Hugging Face draw them). What the file itself says of a parameter counts first. Convolutions, among them that of
 * the patches, layer norms, and what scales a branch are drawn as in any other network.
 */
export function asTransformer(layers: readonly Layer[]): readonly Layer[] {
  const own = new Map(layers.flatMap(({ nodes }) => nodes.flatMap(initializersAt)))
  const drawn = (parameter: Parameter): Parameter => {
    const initializer = own.get(parameter.name)
    const isSaid = parameter.initializer !== undefined && parameter.initializer.assumed !== true
    return initializer === undefined || isSaid ? parameter : { ...parameter, initializer }
  }
  return layers.map((layer) => ({ ...layer, parameters: layer.parameters.map(drawn) }))
}
