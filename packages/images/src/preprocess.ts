export { parsePreprocess, type Preprocess } from '@saliency/model-formats'
