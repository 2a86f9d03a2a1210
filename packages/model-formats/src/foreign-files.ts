import { unzipSync } from 'fflate'

/** A kind of file that people have and that holds no model as it is: what it is, and what makes a model of it. */
interface ForeignKind {
  readonly what: string
  readonly remedy: string
  /** Whether a file is one; `head` are its first 512 bytes as Latin-1. */
  is(file: { readonly head: string; readonly name: string; entries(): readonly string[] }): boolean
}

const fromTorch = "Export the network to ONNX: torch.onnx.export(model.eval(), (image,), 'model.onnx')."
const fromTensorFlow =
  'Convert the SavedModel it came from: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx, or tensorflowjs_converter.'
const unpackIt = 'Unpack it, and name the model inside.'

const startsWith =
  (...starts: readonly string[]) =>
  ({ head }: { head: string }) =>
    starts.some((start) => head.startsWith(start))
const holds = (pattern: RegExp) => (file: { entries(): readonly string[] }) =>
  file.entries().some((entry) => pattern.test(entry))
const isCalled = (pattern: RegExp) => (file: { name: string }) => pattern.test(file.name)

/** A letter, sign or white space; in a binary file there are others. */
const isText = (character: string) => character >= ' ' || '\t\n\r'.includes(character)

/** Told by content first; by name where the content says nothing of itself. */
const kinds: readonly ForeignKind[] = [
  {
    what: 'a Git LFS pointer: the text that stands for the model in a repository',
    remedy: "Run 'git lfs pull' there, or download the file itself.",
    is: startsWith('version https://git-lfs'),
  },
  { what: 'a PyTorch checkpoint', remedy: fromTorch, is: holds(/(^|\/)data\.pkl$/) },
  {
    what: 'a program that torch.export saved',
    remedy: "Export it to ONNX: torch.onnx.export(torch.export.load(FILE), f='model.onnx').",
    is: holds(/(^|\/)(serialized_exported_program\.json|archive_format|data\/weights\/weight_0)$/),
  },
  {
    what: 'a pickle of Python: an old PyTorch checkpoint, or a model of scikit-learn',
    remedy: fromTorch,
    is: startsWith('\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'),
  },
  {
    what: 'a safetensors file: weights without their network',
    remedy: `Load them into it. ${fromTorch}`,
    is: ({ head, name }) => head[8] === '{' && (/"dtype"/.test(head) || /\.safetensors$/i.test(name)),
  },
  {
    what: 'a TensorFlow Lite model',
    remedy: `TensorFlow Lite has no gradients to read back. ${fromTensorFlow}`,
    is: ({ head }) => head.slice(4, 8) === 'TFL3',
  },
  {
    what: "a model in ONNX Runtime's own format",
    remedy: 'Use the .onnx file it was made from.',
    is: ({ head }) => head.slice(4, 8) === 'ORTM',
  },
  { what: 'a GGUF language model', remedy: 'Image classifiers can be explained.', is: startsWith('GGUF') },
  {
    what: 'a picture',
    remedy: 'The option --model takes a network; pictures come as arguments, or by --images.',
    is: startsWith('\x89PNG', '\xff\xd8\xff', 'GIF8', 'BM', 'RIFF', 'II*\0', 'MM\0*'),
  },
  {
    what: 'an OpenVINO model',
    remedy: 'Use the ONNX or TensorFlow model it was made from.',
    is: ({ head }) => /^\s*<\?xml/.test(head) && /<net\b/.test(head),
  },
  {
    what: 'a web page: what a download returns where the file is missing, or asks for a login',
    remedy: 'Download the model again.',
    is: ({ head }) => /^\s*<(!doctype|html)/i.test(head),
  },
  {
    what: 'an array of NumPy',
    remedy: 'A network is needed, not its weights or images alone.',
    is: startsWith('\x93NUMPY'),
  },
  {
    what: 'an archive of NumPy arrays',
    remedy: 'A network is needed, not its weights or images alone.',
    is: holds(/\.npy$/),
  },
  {
    what: 'a zip archive with a TensorFlow.js model in it',
    remedy: unpackIt,
    is: holds(/(^|\/)model\.json$/),
  },
  {
    what: 'a zip archive with a model in it',
    remedy: unpackIt,
    is: holds(/(\.(onnx|keras)|(?<!\.weights)\.(h5|hdf5))$/i),
  },
  {
    what: 'a packed archive',
    remedy: unpackIt,
    is: ({ head }) =>
      startsWith('\x1f\x8b', 'BZh', '\xfd7zXZ', '7z\xbc\xaf', 'Rar!')({ head }) ||
      head.slice(257, 262) === 'ustar',
  },
  {
    what: 'a MATLAB file',
    remedy: 'Export the network to ONNX: exportONNXNetwork(net, "model.onnx").',
    is: startsWith('MATLAB'),
  },
  { what: 'a TensorFlow graph', remedy: fromTensorFlow, is: isCalled(/\.(pb|pbtxt|ckpt|meta|index)$/i) },
  {
    what: 'a Core ML model',
    remedy: 'Use the model it was made from, as ONNX or Keras.',
    is: isCalled(/\.(mlmodel|mlpackage)$/i),
  },
  {
    what: 'an engine of TensorRT',
    remedy: 'Use the .onnx file it was made from.',
    is: isCalled(/\.(engine|plan|trt)$/i),
  },
  {
    what: 'a model of Caffe, Darknet, MXNet or PaddlePaddle',
    remedy: 'Convert it to ONNX with the tools of its framework.',
    is: isCalled(/\.(caffemodel|prototxt|weights|cfg|params|pdmodel|pdiparams)$/i),
  },
  {
    what: 'a text',
    remedy: 'A model is an .onnx, .keras or .h5 file, or the model.json of TensorFlow.js.',
    is: ({ head }) => !/^(\xef\xbb\xbf)?\s*(\{|$)/.test(head) && Array.from(head).every(isText),
  },
]

/** The names in a zip archive; none where it is broken or no archive. Nothing is unpacked. */
function entriesOf(bytes: Uint8Array): readonly string[] {
  const names: string[] = []
  try {
    unzipSync(bytes, { filter: ({ name }) => names.push(name) < 0 })
  } catch {
    return names
  }
  return names
}

/** What a file is that is no model, and what to do; undefined where it may be one. */
export function foreignKind(bytes: Uint8Array, name: string): string | undefined {
  const head = Array.from(bytes.subarray(0, 512), (byte) => String.fromCharCode(byte)).join('')
  let known: readonly string[] | undefined
  const entries = () => (known ??= head.startsWith('PK') ? entriesOf(bytes) : [])
  const kind = kinds.find((one) => one.is({ head, name, entries }))
  return kind && `${name} is ${kind.what}. ${kind.remedy}`
}
