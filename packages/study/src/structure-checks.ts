import { formatShape, type Model } from '@saliency/core'

/** What was found about one thing that maps of this model rest on. */
export interface SelfCheck {
  readonly checked: string
  readonly result: 'holds' | 'fails' | 'not checked'
  readonly detail: string
}

const headTexts: Readonly<Record<Model['head'], string>> = {
  softmax: 'a softmax over the classes was split off: maps explain the logits in front of it',
  sigmoid: 'a sigmoid was split off: maps explain the logits in front of it',
  none: 'nothing was split off: maps explain what the model returns',
}

function headCheck({ head, logits, explained }: Model): SelfCheck {
  const both = logits === explained ? '' : '; both directions of its one logit are classes'
  return {
    checked: 'head',
    result: 'holds',
    detail: `${headTexts[head]} ${formatShape(logits.shape)}${both}`,
  }
}

function targetCheck({ target: { layer, reason } }: Model): SelfCheck {
  const checked = 'target layer of class activation maps'
  if (!layer?.maps) return { checked, result: 'fails', detail: `none: ${reason}` }
  return { checked, result: 'holds', detail: `'${layer.name}' ${formatShape(layer.maps.shape)}: ${reason}` }
}

/** What a model's structure says, without running it: recorded with every study. */
export function structureChecks(model: Model): readonly [head: SelfCheck, target: SelfCheck] {
  return [headCheck(model), targetCheck(model)]
}
