import { describeMethod } from '@saliency/testing'
import template from '../src/index.ts'

// Every tiny network, every variant: shapes, finiteness, determinism, batches, and the traits that are promised.
describeMethod(template)
