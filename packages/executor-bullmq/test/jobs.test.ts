import { assertExecutor } from '@saliency/study'
import { UnrecoverableError } from 'bullmq'
import { describe, expect, it } from 'vitest'
import { explained } from '../src/address.ts'
import bullmq from '../src/index.ts'
import { jobData, jobId, shardOf } from '../src/queue.ts'

describe('the executor for BullMQ', () => {
  it('is one', () => {
    expect(assertExecutor(bullmq)).toBe(bullmq)
  })

  it('says a shard in a job, and reads it back', () => {
    const shard = { index: 2, count: 40 }
    expect(jobData(shard)).toEqual({ shard: '3/40' })
    expect(shardOf(jobData(shard))).toEqual(shard)
    // BullMQ takes no colon in the name of a job.
    expect(jobId(shard)).toBe('shard-3-of-40')
  })

  it.each([
    [{ shard: '3/40', folder: '/etc' }],
    [{ shard: '3/40', command: ['rm'] }],
    [{ shard: '41/40' }],
    [{ shard: '0/40' }],
    [{ shard: '1/2; rm' }],
    [{ shard: 3 }],
    [{}],
    [null],
    ['3/40'],
  ])('refuses %j for good', (data) => {
    expect(() => shardOf(data)).toThrow(UnrecoverableError)
  })

  it.each([
    [
      { code: 'ECONNREFUSED', message: '', errors: [new Error('connect ECONNREFUSED ::1:1')] },
      'nothing answers there',
    ],
    [new Error('getaddrinfo ENOTFOUND redis.nowhere'), 'nothing answers there'],
    [new Error('NOAUTH Authentication required.'), 'a password is needed'],
    [new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), 'a password is needed'],
    [new Error('WRONGPASS invalid username-password pair or user is disabled.'), 'user or password is wrong'],
    [new Error('password authentication failed for user "me"'), 'user or password is wrong'],
    [new Error('database "study" does not exist'), 'there is no such database'],
    [new Error('READONLY You cannot write\nagainst a read only replica.'), 'READONLY You cannot write'],
  ])('says of %o what to do, in one line and without the password', (error, problem) => {
    const { message, code } = explained('redis://me:secret@host:1/0', error)
    expect([code, message]).toEqual(['INVALID_OPTION', expect.stringContaining(problem)])
    expect(message).toMatch(/^--on redis:\/\/me:\*\*\*@host:1\/0: .*$/)
  })

  it.each(['redis://', 'redis:', 'postgres://', 'redis://:x'])(
    'refuses %s as an address',
    async (address) => {
      await expect(bullmq.ready(address, 'submit')).rejects.toThrow(
        /^--on .*: this is no address: write .*HOST.*$/,
      )
    },
  )
})
