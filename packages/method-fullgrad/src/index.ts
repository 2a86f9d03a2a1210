export { contributions, type FullgradContext } from './contributions.ts'
export { fullgrad, fullgrad as default } from './fullgrad.ts'
export { fullgradOptions } from './options.ts'
