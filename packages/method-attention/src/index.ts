export { attention, attention as default } from './attention.ts'
export { attentionOptions } from './options.ts'
