export { channelCount, parsePreprocess, type Preprocess } from '@saliency/model-formats'
