import { isNode, madeBy, type Node, type Value } from '@saliency/core'
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

const isMask = (node: Node): boolean => isNode(node, 'Cast') && readsOf(node) !== node.inputs

/** The small signal whose rows and columns a value repeats. */
export function repeatedIn(value: Value | undefined): Value | undefined {
  const resize = value && madeBy(value, 'Resize')
  const small = resize?.inputs[0]
  if (
    !value ||
    !small ||
    resize.attributes.mode !== 'nearest' ||
    resize.attributes.coordinates !== 'asymmetric'
  )
    return undefined
  const isWholeFactor = small.shape.every(
    (dim, axis) => Number(value.shape[axis]) % Number(dim) === 0 || axis === 0,
  )
  return isWhole(small) && isWholeFactor ? small : undefined
}

/** The signal in whose layout a mask or a repeated signal lies. */
const layoutOf = (value: Value): Value | undefined =>
  isMask(value.node) ? readsOf(value.node)[0] : repeatedIn(value)

/** The signals `[n, c, h, w]` that a node must find in blocks to be computed there; none if it never is. */
function signalsOf({ op, inputs, outputs }: Node): readonly Value[] {
  const [result] = outputs as readonly [Value]
  const isUnary = op === 'Relu' || op === 'Clip' || op === 'BatchNormalization'
  // What a difference takes away is repeated with its sign changed, and added.
  const isBinary = op === 'Add' || op === 'Mul' || (op === 'Sub' && repeatedIn(inputs[1]) !== undefined)
  const signals = isBinary ? inputs : inputs.slice(0, isUnary ? 1 : 0)
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
function chainsOf(
  nodes: readonly Node[],
  isComputedIn: (value: Value) => boolean,
): ReadonlyMap<Value, Chain> {
  const chains = new Map<Value, Chain>()
  const mayLie = (value: Value): boolean => {
    const layout = layoutOf(value)
    return chains.has(value) || isComputedIn(value) || (layout !== undefined && mayLie(layout))
  }
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

/** How a processor computes sums and products in blocks of channels. */
export interface Blocks {
  /** Signals that are read there with profit, though they are not computed so. */
  readonly entering: ReadonlySet<Value>
  /** What is computed there. */
  readonly members: ReadonlySet<Value>
  /** Repeated signals that only such differences read, each by itself. */
  readonly unread: ReadonlySet<Value>
}

/**
 * Finds what enters blocks of channels. ONNX Runtime adds and multiplies there only where both operands lie there. One
 * operand that does not, such as the gradient of a strided convolution, would bring the masks and gradients of all layers of
 * its stage out of their blocks, and each result back in.
 */
export function blocksOf(nodes: readonly Node[]): Blocks {
  const readers = readersOf(nodes)
  const isRead = (value: Value | undefined) => value !== undefined && readers.has(value)
  /** A pool that tells where its maxima are is computed elsewhere. */
  const computesIn = ({ op, outputs }: Node) => op === 'Conv' || (op === 'MaxPool' && !isRead(outputs[1]))
  const isComputedIn = (value: Value) => isWhole(value) && computesIn(value.node)
  const chains = chainsOf(nodes, isComputedIn)
  const decided = new Map<Chain, readonly Value[] | undefined>()

  /** What another reader brings into blocks anyway needs the convolution alone. */
  const costOf = (source: Value) => (readers.get(source)?.some(computesIn) ? ENTRANCE - 1 : ENTRANCE)

  /** What must enter for a chain to be computed in blocks; undefined where that costs more than it saves. */
  function entering(chain: Chain): readonly Value[] | undefined {
    if (decided.has(chain)) return decided.get(chain)
    // Asked about itself, through a mask of its own, a chain counts as outside.
    decided.set(chain, undefined)
    const outside = [...chain.sources].filter((source) => !inBlocks(source))
    const read = [...chain.members].flatMap((member) => readers.get(member) ?? [])
    const isOnward = (node: Node) => computesIn(node) || isMask(node)
    const elsewhere = read.filter((node) => !isOnward(node) && !chain.members.has(node.outputs[0] as Value))
    const saved = chain.sources.size - outside.length + read.filter(isOnward).length - elsewhere.length
    const cost = outside.reduce((sum, source) => sum + costOf(source), 0)
    if (outside.length === 0 || saved >= cost) decided.set(chain, outside)
    return decided.get(chain)
  }

  function inBlocks(value: Value): boolean {
    const chain = chains.get(value)
    if (chain) return entering(chain) !== undefined
    const layout = layoutOf(value)
    return isComputedIn(value) || (layout !== undefined && inBlocks(layout))
  }

  const inside = [...new Set(chains.values())].filter((chain) => entering(chain) !== undefined)
  const members = inside.flatMap((chain) => [...chain.members])
  const differences = new Set(members.filter(({ node }) => node.op === 'Sub'))
  const repeated = [...differences].map(({ node }) => node.inputs[1] as Value)
  const isUnread = (value: Value) =>
    readers.get(value)?.every(({ outputs }) => differences.has(outputs[0] as Value))
  return {
    entering: new Set(inside.flatMap((chain) => entering(chain) ?? [])),
    members: new Set(members),
    unread: new Set(repeated.filter(isUnread)),
  }
}
