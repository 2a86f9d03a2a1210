import { SaliencyError, type ExplainContext, type Model, type Signals } from '@saliency/core'
import { chainOf } from './chain.ts'
import type { Block, Site } from './formulas/site.ts'
import type { attentionOptions } from './options.ts'
import { rectifier } from './rectifier.ts'

type Context = ExplainContext<typeof attentionOptions>

/** The blocks from the option `from` on. */
function from(model: Model, blocks: readonly Block[], first: number): readonly [Block, ...Block[]] {
  const [block, ...others] = blocks.slice(first)
  if (block && first < blocks.length && -first <= blocks.length) return [block, ...others]
  throw new SaliencyError(
    'INVALID_OPTION',
    `attention: option 'from' is ${first}, but ${model.name} has ${blocks.length} blocks: give a number from ${-blocks.length} to ${blocks.length - 1}.`,
  )
}

/**
 * What the formulas are given of a model.
 * @throws INVALID_OPTION where the first block asked for is none
 */
export function siteOf({ model, ops, direction, backward, options }: Context): Site {
  const { blocks, tokens } = chainOf(model)
  let signals: Signals | undefined
  const [first] = blocks
  return {
    model,
    ops,
    options,
    sign: rectifier(ops, options.rectify),
    blocks: from(model, blocks, options.from),
    last: blocks.at(-1) ?? first,
    tokens,
    direction,
    d: (value) => (signals ??= backward({ until: first.x })).at(value),
    backward,
  }
}
