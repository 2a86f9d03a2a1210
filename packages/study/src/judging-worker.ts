import { parentPort } from 'node:worker_threads'
import { createBirpc } from 'birpc'
import { answer } from './node/channel.ts'
import { createJudge, type Judge, type JudgingThread } from './node/judging.ts'

const port = parentPort
if (!port) throw new Error('internal: this module is a worker')

let judge: Judge | undefined

function opened(): Judge {
  if (!judge) throw new Error('internal: the thread was not started')
  return judge
}

const functions: JudgingThread = {
  start: (facts) =>
    answer(async () => {
      judge = createJudge(facts)
      return true
    }),
  open: (check) =>
    answer(async () => {
      await opened().open(check)
      return true
    }),
  measure: (job) => answer(async () => opened().measure(job)),
}

createBirpc<object, JudgingThread>(functions, {
  post: (message) => port.postMessage(message),
  on: (listener) => port.on('message', listener),
  timeout: -1,
})
