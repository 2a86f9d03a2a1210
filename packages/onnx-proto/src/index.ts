export { decodeModel } from './decode.ts'
export { encodeModel } from './encode.ts'
export * from './messages.ts'
