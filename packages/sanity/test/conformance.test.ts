import { describeCheck } from '@saliency/testing'
import checks from '../src/index.ts'

for (const check of checks) describeCheck(check)
