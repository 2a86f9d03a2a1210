import { describeMethod } from '@saliency/testing'
import lrp from '../src/index.ts'

describeMethod(lrp)
