/**
 * The cases that ask for something this project does not compute, by id (`*` stands for any text), each with the reason. A case
 * that is neither here nor answered fails.
 */
export const notApplicable: Readonly<Record<string, string>> = {
  'captum/multilayer/occlusion-2-baseline10':
    'A window of two numbers sliding over a vector; the patches of occlusion are square and lie in an image.',
  'xplique/grad-cam-pp-weights-MEAN-VARIANT':
    'Not equation 19, as the case itself says: the activations are averaged in the denominator, and the weights too.',
  'quantus/kendallTau/*':
    "Kendall's τ is not among the similarities: Spearman's ρ compares ranks, in n log n.",
  'quantus/euclidean/*': 'A distance that depends on the scale of the maps is not among the similarities.',
  'quantus/manhattan/*': 'A distance that depends on the scale of the maps is not among the similarities.',
  'quantus/mse/*': 'A distance that depends on the scale of the maps is not among the similarities.',
  'quantus/norm-*':
    'No check divides maps by a norm: the only rescaling is by the largest magnitude or a quantile of it.',
  'torch-cam/deletion-insertion/5px-3steps':
    'torch-cam removes ⌈n/steps⌉ pixels a step and fewer in the last; here the number removed grows evenly.',
  'torch-cam/average-drop': 'Average drop masks the image by the map; no check here does.',
  'xplique/gini-*': 'The Gini index is not among the metrics; complexity is measured by entropy.',
  'pair-saliency/integrated-gradients':
    'The function holds a sine and the path starts away from zero; graphs have no sine, and the baseline is zero.',
  'SmoothGrad/*': 'Random draws of another generator.',
}
