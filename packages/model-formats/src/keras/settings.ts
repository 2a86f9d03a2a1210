import { unsupported } from '../problems.ts'
import type { ConfigReader } from './config-reader.ts'

/** Settings that change nothing of what a trained layer computes: names, types, training, how weights were drawn. */
const inert = new Set([
  'name',
  'trainable',
  'dtype',
  'autocast',
  'activity_regularizer',
  'batch_input_shape',
  'batch_shape',
  'batch_size',
  'input_dtype',
  'input_shape',
  'sparse',
  'ragged',
  'stateful',
  'updatable',
  'momentum',
  'renorm_momentum',
  'synchronized',
  'fused',
  'seed',
])

const isInert = (name: string) => inert.has(name) || /_(initializer|regularizer|constraint)$/.test(name)

/** Values that ask for nothing, whatever the setting. */
const isNeutral = (value: unknown) =>
  value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0)

/** Values with which a setting asks for nothing. */
const neutral: Readonly<Record<string, readonly unknown[]>> = {
  data_format: ['channels_last', 'channelsLast'],
  groups: [1],
  dilation_rate: [1, '1,1'],
}

/**
 * Refuses a layer with a setting that its importer did not read.
 * @throws UNSUPPORTED_MODEL
 */
export function refuseUnread(config: ConfigReader): void {
  for (const name of config.unread()) {
    const value = config.raw(name)
    if (isInert(name) || isNeutral(value)) continue
    if (neutral[name]?.some((item) => item === value || item === String(value))) continue
    throw unsupported(`its setting ${name} = ${JSON.stringify(value)} is not supported`)
  }
}
