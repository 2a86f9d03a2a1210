import { activationOf } from '../canonize/activations.ts'
import type { Noun } from '../canonize/nouns.ts'
import type { Recognised, RecognisingPass } from '../canonize/recognised.ts'
import { regionsOf, type Region } from '../canonize/region.ts'
import type { OpName } from '../graph/operators.ts'
import { isNode, type Value } from '../graph/value.ts'

const affine = new Set<OpName>(['Add', 'Sub', 'Mul', 'Div', 'Neg'])

/** Whether a region may be replaced by a noun: neither is it that already, nor does it join two activations of the model. */
function isSpelling({ nodes, root }: Region, { op, factor }: Noun): boolean {
  // The operator itself, or with a factor behind it.
  if (nodes.some((node) => node.op === op) && (factor !== 1 || nodes.length === 1)) return false
  const isBounded = isNode(root.node, 'Clip') && root.node.attributes.minimum > -Infinity
  if (!isBounded) return true
  // A clip is a rectifier of its own, but for one that ends a hard sigmoid.
  return op === 'HardSigmoid' && nodes.slice(0, -1).every((node) => affine.has(node.op))
}

function activationAt(root: Value): Recognised | undefined {
  let found: Recognised | undefined
  for (const region of regionsOf(root)) {
    const noun = activationOf(region)
    if (!noun || !isSpelling(region, noun)) continue
    const build: Recognised['build'] = (ops, base, [parameter]) => noun.build(ops, base, parameter as Value)
    found = { region, kind: noun.op, roles: region.parameters.map(() => 'slope'), build }
  }
  return found
}

/** Writes an activation as the operator of its name. */
export const recognisedActivations: RecognisingPass = {
  name: 'recognised-activations',
  when: 'import',
  does: 'An activation that a file spells as several operators becomes the one operator of its name: x · clip(x + 3, 0, 6)/6 a hard-swish, x · sigmoid(x) a swish.',
  needs:
    'The operators work element by element on one value of the model, and agree with the named function wherever the two are compared.',
  source: "Zennit's canonizers (Anders et al. 2021, arXiv:2106.13200)",
  rewrite: activationAt,
}
