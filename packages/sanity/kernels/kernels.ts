// The inner loops of similarities, compiled by AssemblyScript into one module. Whoever calls lays memory out.

export { clip, neighbours } from './clip'
export { dot, extent } from './numbers'
export { rank } from './ranks'
export { moments, similarity } from './windows'
