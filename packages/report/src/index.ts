export { accuracySentence } from './accuracy.ts'
export { axes, type AxisVerdict, verdictsOn } from './advice/axes.ts'
export { saliencyCard } from './advice/card.ts'
export { compareRuns, type Difference, type JudgedRun, type RunComparison } from './advice/compare-runs.ts'
export { comparisonPage } from './advice/comparison-page.ts'
export { type Disagreement, disagreementOf } from './advice/disagreement.ts'
export { junitXml } from './advice/junit.ts'
export { isTooSmall, type Power, powerOfStudy, powerSentence } from './advice/power.ts'
export {
  type Agreement,
  agreementOf,
  agreementOn,
  agreementSentence,
  type ProtocolAnswer,
} from './advice/protocols.ts'
export { type Advice, recommend } from './advice/recommend.ts'
export { checkRequirements, parseRequirement, type Required, type Requirement } from './advice/requirement.ts'
export { galleryImages, type GalleryImage } from './gallery-images.ts'
export type { ShownImage, ShownMaps } from './map-images.ts'
export type { EmbedPixels } from './map-images.ts'
export { imagesPage, type MapOnPage, mapsPage } from './maps-page.ts'
export { reportPage, type ReportRequest } from './page.ts'
export { contactSheet, type SheetCell, type SheetRow } from './render/contact-sheet.ts'
export { overlayPng, picturePng } from './render/overlay.ts'
export { displayFactor, overlayPixels, type Picture, type Pixels } from './render/overlay-pixels.ts'
export { type Colour, colourOf } from './render/palette.ts'
export { type DisplayPlane, displayPlane } from './render/plane.ts'
export type {
  CheckRecord,
  CheckSummary,
  JudgedImages,
  Missing,
  StudyFailures,
  StudyRecord,
  StudySummary,
  VariantRecord,
} from './study.ts'
