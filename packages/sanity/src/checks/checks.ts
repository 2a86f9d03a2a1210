import type { Check } from '@saliency/core'
import { classSensitivity } from './class-sensitivity.ts'
import { parameterRandomization } from './parameter-randomization.ts'

/** Every check of this package: the plugin's default export. */
export const checks: readonly Check[] = [classSensitivity, parameterRandomization]
