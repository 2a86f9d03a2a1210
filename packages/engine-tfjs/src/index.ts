export type { BackendName } from './backends/backend.ts'
export type { BackendSettings } from './backends/load.ts'
export { openTfjs, type TfjsSettings } from './open.ts'
