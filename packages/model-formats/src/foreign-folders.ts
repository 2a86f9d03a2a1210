/** A kind of folder that people have and that holds no model as it is. */
interface ForeignFolder {
  readonly what: string
  readonly remedy: string
  /** Names that such a folder has, each under any path. */
  readonly has: readonly RegExp[]
}

const fromTorch = "export it to ONNX: torch.onnx.export(model.eval(), (image,), 'model.onnx')."

/** The first that fits counts. */
const folders: readonly ForeignFolder[] = [
  {
    what: 'a SavedModel of TensorFlow',
    remedy:
      'Convert it: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx, or tensorflowjs_converter.',
    has: [/(^|\/)saved_model\.(pb|pbtxt)$/],
  },
  {
    what: 'a checkpoint of TensorFlow: weights without their network',
    remedy: 'Load it into the network, and save that as .keras, or convert its SavedModel with tf2onnx.',
    has: [/\.index$/, /\.data-\d+-of-\d+$/],
  },
  {
    what: 'a Core ML package',
    remedy: 'Use the model it was made from, as ONNX or Keras.',
    has: [/\.mlmodel$/],
  },
  {
    what: 'an OpenVINO model',
    remedy: 'Use the ONNX or TensorFlow model it was made from.',
    has: [/\.xml$/, /\.bin$/],
  },
  {
    what: 'a Hugging Face model: weights, and a configuration of a network that transformers or timm knows',
    remedy: `Load it there, and ${fromTorch}`,
    has: [/(^|\/)config\.json$/, /\.(safetensors|bin|pth?)$/],
  },
  {
    what: 'a PyTorch checkpoint',
    remedy: `Load it into the network, and ${fromTorch}`,
    has: [/\.(pth?|ckpt|safetensors)$/],
  },
  {
    what: 'a TensorFlow Lite model',
    remedy: 'It has no gradients to read back: convert the SavedModel it came from with tf2onnx.',
    has: [/\.tflite$/],
  },
]

/** What a folder with files of these names holds in place of a model, and what to do; undefined where that is not known. */
export function foreignFolder(names: readonly string[]): string | undefined {
  const found = folders.find(({ has }) => has.every((pattern) => names.some((name) => pattern.test(name))))
  return found && `${found.what}. ${found.remedy}`
}
