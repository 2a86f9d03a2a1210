const volume = 'it works on volumes; the engines compute over the rows and columns of images'
const recurrent = 'it passes over a sequence step by step, and the graph has no loops'
const text = 'it reads words or numbers of a table, not an image'
const wrapped = 'it wraps another layer; save the model with the layer inside in its place'
const foreign = "its computation is another program's, which the file does not hold"
const random = 'it crops or changes images when the model predicts, too; do so before, in preprocessing'
const sharedKeys = 'several of its queries share a key; MultiHeadAttention and Attention are supported'
const adaptive = 'a pool with a window and strides of its own does the same'
const ownWeights =
  'it has weights of its own for every place; a convolution or a dense layer can take its place'

/** Layers of keras.layers that are not imported, and why. */
export const refusedLayers: Readonly<Record<string, string>> = {
  Conv3D: volume,
  Conv3DTranspose: volume,
  MaxPooling3D: volume,
  AveragePooling3D: volume,
  GlobalAveragePooling3D: volume,
  GlobalMaxPooling3D: volume,
  AdaptiveAveragePooling3D: volume,
  AdaptiveMaxPooling3D: volume,
  Cropping3D: volume,
  UpSampling3D: volume,
  ZeroPadding3D: volume,
  ConvLSTM1D: recurrent,
  ConvLSTM2D: recurrent,
  ConvLSTM3D: recurrent,
  LSTM: recurrent,
  GRU: recurrent,
  SimpleRNN: recurrent,
  RNN: recurrent,
  Bidirectional: recurrent,
  StackedRNNCells: recurrent,
  Embedding: text,
  ReversibleEmbedding: text,
  Masking: text,
  CategoryEncoding: text,
  Discretization: text,
  Hashing: text,
  HashedCrossing: text,
  IntegerLookup: text,
  StringLookup: text,
  TextVectorization: text,
  DenseFeatures: text,
  MelSpectrogram: 'it reads sound, not an image',
  STFTSpectrogram: 'it reads sound, not an image',
  TimeDistributed: wrapped,
  SpectralNormalization: wrapped,
  Wrapper: wrapped,
  Pipeline: wrapped,
  MaxNumBoundingBoxes: 'it reads boxes, not an image',
  Lambda: foreign,
  JaxLayer: foreign,
  FlaxLayer: foreign,
  TFSMLayer: foreign,
  TorchModuleWrapper: foreign,
  RandomCrop: random,
  AutoContrast: random,
  Equalization: random,
  Solarization: random,
  ContrastLimitedAdaptiveHistogramEqualization: random,
  LocallyConnected1D: ownWeights,
  LocallyConnected2D: ownWeights,
  AdditiveAttention:
    'its scores are sums of tanh over every pair of tokens; MultiHeadAttention and Attention are supported',
  GroupQueryAttention: sharedKeys,
  GroupedQueryAttention: sharedKeys,
  AdaptiveAveragePooling1D: adaptive,
  AdaptiveMaxPooling1D: adaptive,
  AdaptiveMaxPooling2D: adaptive,
  AdaptiveAveragePooling2D: adaptive,
  Dot: 'it multiplies two signals along axes of its own; keras.ops.matmul is supported',
}
