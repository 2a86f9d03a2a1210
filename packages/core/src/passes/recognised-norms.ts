import { normOf } from '../canonize/norms.ts'
import type { Recognised, RecognisingPass } from '../canonize/recognised.ts'
import { regionsOf } from '../canonize/region.ts'
import type { Value } from '../graph/value.ts'

function normAt(root: Value): Recognised | undefined {
  let found: Recognised | undefined
  for (const region of regionsOf(root, 'reducing')) {
    const norm = normOf(region)
    if (norm) found = { region, kind: norm.kind, roles: norm.roles, build: norm.build }
  }
  return found
}

/** Writes a norm in the one way in which the operator of its name is imported. */
export const recognisedNorms: RecognisingPass = {
  name: 'recognised-norms',
  when: 'import',
  does: 'A layer, group, instance or RMS norm, or a division by the length, is written in one way, whatever the file says.',
  needs:
    'All reductions run over the same axes of one value of the model, and the result agrees with the norm on samples of every size.',
  source: "Zennit's canonizers (Anders et al. 2021, arXiv:2106.13200)",
  rewrite: normAt,
}
