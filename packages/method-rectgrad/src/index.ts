export { rectgradOptions } from './options.ts'
export { quantile } from './quantile.ts'
export { rectgrad, rectgrad as default } from './rectgrad.ts'
