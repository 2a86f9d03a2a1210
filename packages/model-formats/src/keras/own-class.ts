import { ownEntry } from '../own-entry.ts'
import { unsupported } from '../problems.ts'
import type { KerasLayer } from './topology.ts'

/** A setting that Keras always writes for its own layer; either of two where versions differ. */
const always: Readonly<Record<string, readonly string[]>> = {
  Activation: ['activation'],
  AveragePooling2D: ['pool_size'],
  BatchNormalization: ['epsilon'],
  Concatenate: ['axis'],
  Conv2D: ['filters'],
  Dense: ['units'],
  Dropout: ['rate'],
  ELU: ['alpha'],
  GaussianDropout: ['rate'],
  GaussianNoise: ['stddev'],
  LayerNormalization: ['epsilon'],
  LeakyReLU: ['alpha', 'negative_slope'],
  MaxPooling2D: ['pool_size'],
  Normalization: ['axis'],
  ReLU: ['max_value'],
  Rescaling: ['scale'],
  Reshape: ['target_shape'],
  Softmax: ['axis'],
  SpatialDropout2D: ['rate'],
  UpSampling2D: ['size'],
  ZeroPadding2D: ['padding'],
}

/**
 * Refuses a class of one's own that is called like one of Keras. `.h5` files do not say whose a class is, but Keras writes
 * all settings of its own.
 * @throws UNSUPPORTED_MODEL
 */
export function refuseNamesake({ className, config, identity }: KerasLayer): void {
  const settings = identity.isSaid ? undefined : ownEntry(always, className)
  if (!settings || settings.some((name) => config.raw(name) !== undefined)) return
  throw unsupported(
    `is a class of your own, not Keras' ${className}: it lacks the setting '${settings[0]}'. ` +
      `Hand its importer to importModel as { layers: { ${className}: … } }`,
  )
}
