import { SaliencyError, suggestion } from '@saliency/core'

/** The fields of a `preprocess.json`, and of the objects in it. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  '': ['$schema', 'input', 'resize', 'interpolation', 'antialias', 'mean', 'std', 'classes', 'source'],
  input: ['height', 'width', 'channels', 'range'],
  resize: ['shorterSide'],
}

/** What other programs call the same things (Hugging Face's preprocessor_config.json, timm, torchvision, Keras), in lower case. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  image_mean: 'mean',
  means: 'mean',
  image_std: 'std',
  stds: 'std',
  normalize: 'mean and std',
  normalise: 'mean and std',
  normalization: 'mean and std',
  do_normalize: 'mean and std',
  rescale: 'input.range',
  rescale_factor: 'input.range ([0, 1] for a factor of 1/255)',
  do_rescale: 'input.range',
  scale: 'input.range',
  range: 'input.range',
  size: 'input.height and input.width, or resize',
  image_size: 'input.height and input.width',
  imagesize: 'input.height and input.width',
  input_size: 'input.height and input.width',
  height: 'input.height',
  width: 'input.width',
  channels: 'input.channels',
  mode: 'input.channels',
  color_mode: 'input.channels',
  do_resize: 'resize',
  resize_size: 'resize ({ "shorterSide": … })',
  shorterside: 'resize ({ "shorterSide": … })',
  shortest_edge: 'shorterSide',
  crop: 'input.height and input.width, with resize',
  crop_size: 'input.height and input.width, with resize',
  center_crop: 'input.height and input.width, with resize',
  do_center_crop: 'input.height and input.width, with resize',
  crop_pct: 'resize ({ "shorterSide": … })',
  crop_mode: 'resize',
  resample: 'interpolation',
  class_names: 'classes',
  classnames: 'classes',
  labels: 'classes',
  label_names: 'classes',
  id2label: 'classes',
}

function objectsIn(content: object): [string, object][] {
  return Object.entries(content).filter(
    ([name, value]) => Object.hasOwn(FIELDS, name) && typeof value === 'object' && value !== null,
  ) as [string, object][]
}

function hint(name: string, known: readonly string[]): string {
  const elsewhere = Object.hasOwn(ELSEWHERE, name.toLowerCase()) ? ELSEWHERE[name.toLowerCase()] : undefined
  return elsewhere === undefined ? suggestion(name, known) : ` Here it is ${elsewhere}.`
}

/**
 * Refuses fields that nobody reads: a mean that is ignored would leave every image unnormalised.
 * @throws INVALID_CONFIG with each unknown field and what it is called here
 */
export function assertKnownFields(content: unknown, where: string): void {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return
  const unknown = [['', content] as [string, object], ...objectsIn(content)].flatMap(([inside, object]) => {
    const known = FIELDS[inside] ?? []
    const path = inside === '' ? '' : `${inside}.`
    return Object.keys(object)
      .filter((name) => !known.includes(name))
      .map((name) => `unknown field '${path}${name}'.${hint(name, known)}`)
  })
  if (unknown.length === 0) return
  const fields = FIELDS['']?.slice(1).join(', ')
  throw new SaliencyError('INVALID_CONFIG', `${where}: ${unknown.join(' ')} The fields are ${fields}.`)
}
