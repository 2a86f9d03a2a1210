export { withinContainer } from './system/container.ts'
export { explainSystemError } from './system/errors.ts'
export { hasMagic, makeFolder, readJson, writeAtomically, writeOnce } from './system/files.ts'
