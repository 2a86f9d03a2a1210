export interface Preprocess {}
