import type { Initializer } from '@saliency/core'
import { isObject, type JsonObject } from './config-reader.ts'
import { ownEntry } from '../own-entry.ts'

type Scaling = Pick<Initializer, 'scale' | 'mode' | 'distribution'>

/** Keras draws its "normal" variance scaling from a truncated normal. */
const scalings: Readonly<Record<string, Scaling>> = {
  glorotuniform: { scale: 1, mode: 'fan_avg', distribution: 'uniform' },
  glorotnormal: { scale: 1, mode: 'fan_avg', distribution: 'truncated-normal' },
  heuniform: { scale: 2, mode: 'fan_in', distribution: 'uniform' },
  henormal: { scale: 2, mode: 'fan_in', distribution: 'truncated-normal' },
  lecununiform: { scale: 1, mode: 'fan_in', distribution: 'uniform' },
  lecunnormal: { scale: 1, mode: 'fan_in', distribution: 'truncated-normal' },
}

const distributions: Readonly<Record<string, NonNullable<Initializer['distribution']>>> = {
  uniform: 'uniform',
  normal: 'truncated-normal',
  truncated_normal: 'truncated-normal',
  untruncated_normal: 'normal',
}

const number = (config: JsonObject, key: string, standard: number): number =>
  typeof config[key] === 'number' ? config[key] : standard

/** Only what does not lie around 0 has a mean. */
const around = (mean: number): Pick<Initializer, 'mean'> => (mean === 0 ? {} : { mean })

/** Between `minval` and `maxval`, as the middle and half the width. */
function uniform(config: JsonObject): Initializer {
  const [low, high] = [number(config, 'minval', -0.05), number(config, 'maxval', 0.05)]
  return { name: 'uniform', value: (high - low) / 2, ...around((low + high) / 2) }
}

const normal =
  (name: 'normal' | 'truncated-normal') =>
  (config: JsonObject): Initializer => ({
    name,
    value: number(config, 'stddev', 0.05),
    ...around(number(config, 'mean', 0)),
  })

type Reader = (config: JsonObject) => Initializer

const readers: Readonly<Record<string, Reader>> = {
  zeros: () => ({ name: 'zeros' }),
  ones: () => ({ name: 'ones' }),
  constant: (config) => ({ name: 'constant', value: number(config, 'value', 0) }),
  randomuniform: uniform,
  randomnormal: normal('normal'),
  truncatednormal: normal('truncated-normal'),
  orthogonal: (config) => ({ name: 'orthogonal', value: number(config, 'gain', 1) }),
  variancescaling: (config) => ({
    name: 'variance-scaling',
    scale: number(config, 'scale', 1),
    mode: config['mode'] === 'fan_out' || config['mode'] === 'fan_avg' ? config['mode'] : 'fan_in',
    distribution: ownEntry(distributions, String(config['distribution'] ?? 'normal')) ?? 'truncated-normal',
  }),
}

/** Keras' initialiser of a weight as data, or undefined where it is not one that Keras ships. */
export function readInitializer(value: unknown): Initializer | undefined {
  const name = isObject(value) ? value['class_name'] : value
  if (typeof name !== 'string') return undefined
  // 'he_normal', 'HeNormal' and 'heNormal' are one initialiser in the dialects of Keras.
  const id = name.replaceAll('_', '').toLowerCase()
  const scaling = ownEntry(scalings, id)
  if (scaling) return { name: 'variance-scaling', ...scaling }
  return ownEntry(readers, id)?.(isObject(value) && isObject(value['config']) ? value['config'] : {})
}
