export { loadModel, locateModel, modelFolder, type ModelLocation } from './node/load-model.ts'
export { openSource } from './node/open-source.ts'
export { readPreprocess } from './node/read-preprocess.ts'
