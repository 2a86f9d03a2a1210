export { createMethod, CreateError, type Created } from './create.ts'
export type { Names } from './names.ts'
