import type { WrittenPlan } from './write/to-onnx.ts'

const quantised = ['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear', 'MatMulInteger']
const norms = ['LayerNormalization', 'ReduceMean']

/** Fusions of ONNX Runtime, by name, and the operators of which a graph needs one for them to find anything. */
const beginWith: Readonly<Record<string, readonly string[]>> = {
  AttentionFusion: norms,
  BiasDropoutFusion: ['Dropout'],
  BiasGeluFusion: ['Gelu', 'Erf'],
  BiasSkipLayerNormFusion: norms,
  BiasSoftmaxFusion: ['Softmax'],
  DoubleQDQPairsRemover: quantised,
  DynamicQuantizeMatMulFusion: quantised,
  EmbedLayerNormFusion: norms,
  EnsureUniqueDQForNodeUnit: quantised,
  FastGeluFusion: ['Tanh'],
  GatherSliceToSplitFusion: ['Gather', 'Slice'],
  GatherToSliceFusion: ['Gather'],
  GeluFusionL1: ['Erf'],
  GeluFusionL2: ['Erf'],
  GemmActivationFusion: ['Gemm'],
  GroupQueryAttentionFusion: ['GroupQueryAttention'],
  GroupQueryAttentionPreNormFusion: ['GroupQueryAttention'],
  LayerNormFusionL1: norms,
  LayerNormFusionL2: norms,
  MatMulIntegerToFloatFusion: quantised,
  MatMulNBitsFusion: ['MatMulNBits'],
  MatMulNBitsMlpFusion: ['MatMulNBits'],
  MatMulNBitsQkvFusion: ['MatMulNBits'],
  MatMulScaleFusion: ['MatMul'],
  MatmulTransposeFusion: ['MatMul'],
  QDQFinalCleanupTransformer: quantised,
  QDQPropagationTransformer: quantised,
  QDQS8ToU8Transformer: quantised,
  QDQSelectorActionTransformer: quantised,
  QuickGeluFusion: ['Sigmoid'],
  SimplifiedLayerNormFusion: norms,
  SkipLayerNormFusion: norms,
  SliceConcatToSpaceToDepthFusion: ['Slice'],
  WeightBiasQuantization: quantised,
}

/**
 * The fusions that cannot find anything in a graph. ONNX Runtime walks the whole graph for each, several times over: of a
 * plan with 14,000 nodes that is half of the time of opening it, which every weight state pays again.
 */
export function idleFusions({ model }: WrittenPlan): readonly string[] {
  const present = new Set(model.graph?.node?.map(({ opType }) => opType))
  return Object.keys(beginWith).filter((name) => !beginWith[name]?.some((op) => present.has(op)))
}
