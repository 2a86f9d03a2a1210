import { guided } from './guided.ts'
import { guidedGradcam } from './guided-gradcam.ts'

/** The package's methods: the ReLU-backward family, and Guided Grad-CAM, which is composed of one of its maps. */
const methods: readonly [typeof guided, typeof guidedGradcam] = [guided, guidedGradcam]
export default methods
