// Compiles the service and its playground into dist/. The dependencies must be installed.
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

function compile(project) {
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project], {
    cwd: root,
    stdio: ['ignore', 2, 2]
  })
  if (status !== 0) process.exit(status ?? 1)
}

// What lies there is served, so nothing of an older build may stay.
rmSync(join(root, 'dist/playground'), { recursive: true, force: true })
// The playground first: it takes the types of the wire from the schemas, and the compiler writes those again too.
compile('src/playground/tsconfig.json')
compile('tsconfig.build.json')
cpSync(join(root, 'src/playground'), join(root, 'dist/playground'), {
  recursive: true,
  filter: source => ['', '.html', '.css', '.svg'].includes(extname(source))
})
