export { parsePreprocess, type Preprocess } from '@saliency/model-formats'
export { readPreprocess } from '@saliency/model-formats/node'
