// Compiles crf.wat into the module that the service embeds. Run by `npm run kernel`; a test fails when
// what is committed is not what this gives.
import { readFileSync, writeFileSync } from 'node:fs'
import wabt from 'wabt'

const source = new URL('./crf.wat', import.meta.url)
const target = new URL('./crf-wasm.ts', import.meta.url)

/** The text of crf-wasm.ts. */
export async function compileKernel() {
  const { parseWat } = await wabt()
  const module = parseWat('crf.wat', readFileSync(source, 'utf8'), { simd: true })
  module.validate({ simd: true })
  const bytes = Buffer.from(module.toBinary({}).buffer).toString('base64')
  module.destroy()
  return `/** Compiled from crf.wat by npm run kernel. */\nexport const kernelBytes =\n  '${bytes}'\n`
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(target, await compileKernel())
