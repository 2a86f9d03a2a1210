import { defineMethod, type GraphMethod } from '@saliency/core'
import { assertSeesScale, targetLayer } from './target-layer.ts'
import { variants } from './variants.ts'
import { weightings } from './weightings.ts'
import { gradcamppOptions } from './options.ts'

/** The class activation maps: ReLU(Σₖ wₖ Aₖ) at a target layer, `[n, 1, h', w']`. */
export const gradcampp: GraphMethod<typeof gradcamppOptions> = defineMethod({
  contract: 1,
  id: 'gradcampp',
  title: 'Grad-CAM, Grad-CAM++ and their relatives',
  references: [
    'Selvaraju et al. 2017, Grad-CAM, equations 1 and 2 (arXiv:1610.02391)',
    'Chattopadhay et al. 2018, Grad-CAM++, equations 10 and 19 (arXiv:1710.11063)',
    'Lerma, Lucas 2022, Grad-CAM++ is Equivalent to Grad-CAM With Positive Gradients (arXiv:2205.10838)',
    'Fu et al. 2020, Axiom-based Grad-CAM, equation 10 (arXiv:2008.02312): XGrad-CAM',
    'Draelos, Carin 2020, Use HiResCAM instead of Grad-CAM (arXiv:2011.08891)',
    'Jiang et al. 2021, LayerCAM, section III (IEEE TIP 30)',
  ],
  options: gradcamppOptions,
  variants,
  traits: { resolution: 'layer', nonnegative: true },
  kind: 'graph',
  explain({ model, ops, backward, options }) {
    const layer = targetLayer(model, options.layer)
    if (options.weights === 'element') assertSeesScale(model, layer)
    const { output, maps } = layer
    const A = maps.of(output)
    const g = maps.of(backward({ until: output }).at(output))
    const w = weightings[options.weights]({ A, g, ops })
    const map = ops.reduceSum(ops.mul(w, A), { axes: [1] })
    return options.finalRelu ? ops.relu(map) : map
  },
})
