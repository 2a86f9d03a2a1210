export { rectgradOptions } from './options.ts'
export { rectgrad, rectgrad as default } from './rectgrad.ts'
