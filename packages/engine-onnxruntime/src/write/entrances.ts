import { isNode, type Node, type Value } from '@saliency/core'
import { readsOf } from '../passes/masks.ts'

/** Channels of a block on processors with the widest registers; it holds the smaller blocks of the others. */
const BLOCK = 16

/** What an entrance costs, in passes over a signal: one into blocks, and the convolution with ones that asks for it. */
const ENTRANCE = 3

/** Operators that follow each other and are computed in blocks of channels if all that they read lies there. */
interface Chain {
  readonly members: Set<Value>
  /** What members read that no member computes. */
  readonly sources: Set<Value>
}

const isWhole = ({ shape }: Value) =>
  shape.length === 4 && Number(shape[1]) % BLOCK === 0 && Number(shape[2]) * Number(shape[3]) > 1

const isConvolved = (value: Value): boolean => isWhole(value) && value.node.op === 'Conv'

const isMask = (node: Node): boolean => isNode(node, 'Cast') && readsOf(node) !== node.inputs

/** The signals `[n, c, h, w]` that a node must find in blocks to be computed there; none if it never is. */
function signalsOf({ op, inputs, outputs }: Node): readonly Value[] {
  const [result] = outputs as readonly [Value]
  const isUnary = op === 'Relu' || op === 'Clip' || op === 'BatchNormalization'
  const signals = op === 'Add' || op === 'Mul' ? inputs : inputs.slice(0, isUnary ? 1 : 0)
  const fits = isWhole(result) && signals.every(({ shape }) => shape.join() === result.shape.join())
  return fits ? signals : []
}

/** Puts a result into the chain that its signals belong to; it joins several. */
function link(result: Value, signals: readonly Value[], chains: Map<Value, Chain>): void {
  const earlier = new Set(signals.flatMap((signal) => chains.get(signal) ?? []))
  const [chain = { members: new Set<Value>(), sources: new Set<Value>() }, ...others] = earlier
  for (const { members, sources } of others) {
    for (const member of members) chains.set(member, chain)
    for (const member of members) chain.members.add(member)
    for (const source of sources) chain.sources.add(source)
  }
  chains.set(result, chain)
  chain.members.add(result)
  for (const signal of signals) if (!chains.has(signal)) chain.sources.add(signal)
}

/** The chains by their members. Each begins where some signal may lie in blocks. */
function chainsOf(nodes: readonly Node[]): ReadonlyMap<Value, Chain> {
  const chains = new Map<Value, Chain>()
  const mayLie = (value: Value): boolean =>
    chains.has(value) || isConvolved(value) || (isMask(value.node) && mayLie(readsOf(value.node)[0] as Value))
  for (const node of nodes) {
    const signals = signalsOf(node)
    if (signals.some(mayLie)) link(node.outputs[0] as Value, signals, chains)
  }
  return chains
}

/** The nodes that read each value. */
function readersOf(nodes: readonly Node[]): ReadonlyMap<Value, readonly Node[]> {
  const readers = new Map<Value, Node[]>()
  for (const node of nodes)
    for (const value of readsOf(node)) {
      const known = readers.get(value)
      if (known) known.push(node)
      else readers.set(value, [node])
    }
  return readers
}

/**
 * The signals that a processor reads with profit in blocks of channels, though they are not computed so. ONNX Runtime adds
 * and multiplies within blocks only where both operands lie there. One operand that does not, such as the gradient of a
 * strided convolution, would bring the masks and gradients of all layers of its stage out of their blocks, and each result
 * back in.
 */
export function entrancesOf(nodes: readonly Node[]): ReadonlySet<Value> {
  const chains = chainsOf(nodes)
  const readers = readersOf(nodes)
  const decided = new Map<Chain, readonly Value[] | undefined>()

  /** What must enter for a chain to be computed in blocks; undefined where that costs more than it saves. */
  function entering(chain: Chain): readonly Value[] | undefined {
    if (decided.has(chain)) return decided.get(chain)
    // Asked about itself, through a mask of its own, a chain counts as outside.
    decided.set(chain, undefined)
    const outside = [...chain.sources].filter((source) => !inBlocks(source))
    const read = [...chain.members].flatMap((member) => readers.get(member) ?? [])
    const onward = read.filter(({ op }) => op === 'Conv').length
    const elsewhere = read.filter(
      (node) => node.op !== 'Conv' && !isMask(node) && !chain.members.has(node.outputs[0] as Value),
    ).length
    const saved = chain.sources.size - outside.length + onward - elsewhere
    if (outside.length === 0 || saved > ENTRANCE * outside.length) decided.set(chain, outside)
    return decided.get(chain)
  }

  function inBlocks(value: Value): boolean {
    const chain = chains.get(value)
    if (chain) return entering(chain) !== undefined
    return isConvolved(value) || (isMask(value.node) && inBlocks(readsOf(value.node)[0] as Value))
  }

  return new Set([...new Set(chains.values())].flatMap((chain) => entering(chain) ?? []))
}
