import { afterAll, beforeAll, describe } from 'vitest'
import { executablePath, type OpenPage, type ServedPage, servePage, settled } from './open-page.ts'
import { asking } from './parts/asking.ts'
import { bringing } from './parts/bringing.ts'
import { choosing } from './parts/choosing.ts'
import { engines } from './parts/engines.ts'
import { filling, habits } from './parts/habits.ts'
import { large } from './parts/large.ts'
import { linking } from './parts/linking.ts'
import { numbers } from './parts/numbers.ts'
import { pasting } from './parts/pasting.ts'
import { refusing } from './parts/refusing.ts'
import { serving } from './parts/serving.ts'
import { verdict } from './parts/verdict.ts'

// One build, one server, one browser and, where a test allows, one open page: each of them takes as long as most of the tests.
describe.skipIf(!executablePath)('the page', { timeout: 240_000 }, () => {
  let served: ServedPage
  let open: OpenPage
  beforeAll(async () => {
    served = await servePage()
    open = await served.open('', 'isolated')
    await settled(open.page)
  }, 240_000)
  afterAll(() => served?.close())
  const opened = () => open
  // What needs the page as a visitor finds it comes first; each leaves a network of its own behind.
  filling(opened, () => served)
  asking(opened)
  verdict(opened)
  bringing(opened)
  refusing(opened)
  pasting(opened)
  choosing(opened)
  numbers(opened)
  habits(opened)
  large(opened, () => served)
  engines(opened)
  linking(() => served)
  serving(() => served)
})
