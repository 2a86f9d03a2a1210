export { loadModel, modelFolder } from './node/load-model.ts'
export { readPreprocess } from './node/read-preprocess.ts'
