import { describe, expect, test } from 'vitest'
import { isLoopback } from '../../src/access/loopback.ts'

describe('an address', () => {
  test.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1', '[::1]', '::ffff:127.0.0.1'])(
    '%s is of this machine alone',
    host => {
      expect(isLoopback(host)).toBe(true)
    }
  )

  test.each(['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', '127.example.org', 'localhost.example.org', ''])(
    '%j is not',
    host => {
      expect(isLoopback(host)).toBe(false)
    }
  )
})
