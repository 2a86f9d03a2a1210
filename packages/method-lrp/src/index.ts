export { lrp as default } from './lrp.ts'
export type { LrpOptions } from './options.ts'
