import { afterAll, beforeAll, describe } from 'vitest'
import { executablePath, type OpenPage, type ServedPage, servePage, settled } from './open-page.ts'
import { asking } from './parts/asking.ts'
import { bringing } from './parts/bringing.ts'
import { choosing } from './parts/choosing.ts'
import { engines } from './parts/engines.ts'
import { habits } from './parts/habits.ts'
import { large } from './parts/large.ts'
import { numbers } from './parts/numbers.ts'
import { refusing } from './parts/refusing.ts'
import { serving } from './parts/serving.ts'
import { verdict } from './parts/verdict.ts'

// One build, one server and one browser for everything: each of them takes as long as most of the tests.
describe.skipIf(!executablePath)('the page', { timeout: 240_000 }, () => {
  let served: ServedPage
  let open: OpenPage
  beforeAll(async () => {
    served = await servePage()
    open = await served.open()
    await settled(open.page)
  }, 240_000)
  afterAll(() => served?.close())
  const opened = () => open
  asking(opened)
  bringing(opened)
  refusing(opened)
  choosing(opened)
  numbers(opened)
  verdict(() => served)
  habits(opened, () => served)
  large(() => served)
  engines(() => served)
  serving(() => served)
})
