import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

// A gate that silently skipped the comparison with independent implementations would be no gate.
it.runIf(process.env['SALIENCY_REQUIRE_REFERENCE'])(
  'the reference maps are there where they are required',
  () => {
    expect(
      existsSync(
        resolve(process.env['SALIENCY_REFERENCE'] ?? '../shared', 'reference/cifar10-resnet20/index.json'),
      ),
    ).toBe(true)
  },
)
