export { galleryImages, type GalleryImage } from './gallery-images.ts'
export type { ShownImage, ShownMaps } from './gallery.ts'
export { reportPage, type ReportRequest } from './page.ts'
export { contactSheet, type SheetCell, type SheetRow } from './render/contact-sheet.ts'
export { displayFactor, overlayPng, type Picture, picturePng } from './render/overlay.ts'
export { type DisplayPlane, displayPlane } from './render/plane.ts'
export type {
  CheckRecord,
  CheckSummary,
  Missing,
  StudyFailures,
  StudyRecord,
  StudyRow,
  StudySummary,
  VariantRecord,
} from './study.ts'
