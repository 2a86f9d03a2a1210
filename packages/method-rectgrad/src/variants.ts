import type { VariantSpec } from '@saliency/core'
import type { rectgradOptions } from './options.ts'

/** The presets of RectGrad. */
export const variants: Readonly<Record<string, VariantSpec<typeof rectgradOptions>>> = {
  rectgrad: {
    description: "The authors' defaults: percentile 98, times the input (Kim et al.).",
    handling: 'positive',
    counterpart: 'rectgrad-signed',
    options: { measure: 'positive' },
  },
  'rectgrad-signed': {
    description: 'The same with a·|R| in the place of a·R, so that negative signals pass as well.',
    handling: 'signed',
    options: { measure: 'signed' },
    traits: { odd: true },
  },
  'rectgrad-98': {
    description: "Percentile 98, without the input product (PathwayGrad's RectGrad; Sixt et al.).",
    handling: 'positive',
    counterpart: 'rectgrad-98-signed',
    options: { inputProduct: false },
  },
  'rectgrad-98-signed': {
    description: "Percentile 98 on a·|R|, without the input product (PathwayGrad's RectGradAbs).",
    handling: 'signed',
    options: { measure: 'signed', inputProduct: false },
    traits: { odd: true },
  },
  'rectgrad-80': {
    description: 'Percentile 80, without the input product.',
    handling: 'positive',
    counterpart: 'rectgrad-80-signed',
    options: { percentile: 80, inputProduct: false },
  },
  'rectgrad-80-signed': {
    description: 'Percentile 80 on a·|R|, without the input product.',
    handling: 'signed',
    options: { measure: 'signed', percentile: 80, inputProduct: false },
    traits: { odd: true },
  },
  'rectgrad-prr': {
    description:
      "The authors' defaults with proportional redistribution at max pooling (their RectGrad PRR).",
    handling: 'positive',
    counterpart: 'rectgrad-prr-signed',
    options: { prr: true },
  },
  'rectgrad-prr-signed': {
    description: 'RectGrad PRR with a·|R| in the place of a·R.',
    handling: 'signed',
    options: { measure: 'signed', prr: true },
    traits: { odd: true },
  },
  'rectgrad-constant': {
    description: 'Constant threshold 0, times the input: guided backpropagation times the input.',
    handling: 'positive',
    counterpart: 'rectgrad-constant-signed',
    options: { threshold: 'constant' },
  },
  'rectgrad-constant-signed': {
    description: 'Constant threshold 0 on a·|R|, times the input: gradient times the input.',
    handling: 'signed',
    options: { measure: 'signed', threshold: 'constant' },
    traits: { odd: true },
  },
}
