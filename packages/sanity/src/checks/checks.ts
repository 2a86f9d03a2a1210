import type { Check } from '@saliency/core'
import { classSensitivity } from './class-sensitivity.ts'
import { completeness } from './completeness.ts'
import { cosineConvergence } from './cosine-convergence.ts'
import { dataRandomization } from './data-randomization.ts'
import { deletionInsertion } from './deletion-insertion.ts'
import { efficientMprt } from './efficient-mprt.ts'
import { faithfulnessCorrelation } from './faithfulness-correlation.ts'
import { goodhart } from './goodhart.ts'
import { graftedTruth } from './grafted-truth.ts'
import { gridPointingGame } from './grid-pointing-game.ts'
import { infidelity } from './infidelity.ts'
import { inputInvariance } from './input-invariance.ts'
import { irof } from './irof.ts'
import { localisation } from './localisation.ts'
import { parameterRandomization } from './parameter-randomization.ts'
import { partProtocols } from './part-protocols.ts'
import { pixelFlipping } from './pixel-flipping.ts'
import { polarity } from './polarity.ts'
import { publishedProtocols } from './published-protocols.ts'
import { road } from './road.ts'
import { saco } from './saco.ts'
import { sensitivityN } from './sensitivity-n.ts'
import { sensitivity } from './sensitivity.ts'
import { smoothMprt } from './smooth-mprt.ts'
import { twoObjectContrast } from './two-object-contrast.ts'

/** Every check of this package: the plugin's default export. */
export const checks: readonly Check[] = [
  classSensitivity,
  parameterRandomization,
  dataRandomization,
  smoothMprt,
  efficientMprt,
  cosineConvergence,
  twoObjectContrast,
  localisation,
  partProtocols,
  gridPointingGame,
  deletionInsertion,
  pixelFlipping,
  road,
  sensitivityN,
  faithfulnessCorrelation,
  infidelity,
  irof,
  saco,
  goodhart,
  polarity,
  graftedTruth,
  sensitivity,
  completeness,
  inputInvariance,
  publishedProtocols,
]
