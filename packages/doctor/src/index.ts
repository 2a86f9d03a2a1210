export { examine, resolveFolder } from './examine.ts'
export type { Diagnosis, Examination, Finding } from './finding.ts'
