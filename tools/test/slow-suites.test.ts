import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../inspect/project.ts'
import { slow } from '../slow-suites.ts'

it('every suite that a first `npm test` leaves out is there, and named once', () => {
  expect(slow.filter((path) => !existsSync(join(root, path)))).toEqual([])
  expect(new Set(slow).size).toBe(slow.length)
})
