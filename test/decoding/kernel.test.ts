import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('the embedded kernel is the one that its source compiles to', async () => {
  const { compileKernel } = await import(
    new URL('../../src/decoding/kernel/compile.mjs', import.meta.url).href
  )
  const committed = readFileSync(new URL('../../src/decoding/kernel/crf-wasm.ts', import.meta.url), 'utf8')
  expect(await compileKernel()).toBe(committed)
})
