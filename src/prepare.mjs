// Installs and builds what is missing or stale. Needs nothing but Node and npm, so that every npm script can begin
// with it on a fresh clone. Quiet when there is nothing to do.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 20)) {
  process.stderr.write(`ner-jsl needs Node 20.20 or later; this is ${process.versions.node}.\n`)
  process.exit(1)
}

/** Runs `build` unless the stamp holds the digest of the files already. */
function keepFresh(stamp, files, what, build) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)))
  const digest = hash.digest('hex')
  const path = join(root, stamp)
  if (existsSync(path) && readFileSync(path, 'utf8') === digest) return
  process.stderr.write(`${what} ...\n`)
  // What a build leaves behind that fails is not what the old stamp says.
  rmSync(path, { force: true })
  build()
  writeFileSync(path, digest)
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (error) process.stderr.write(`${command}: ${error.message}\n`)
  if (status !== 0) process.exit(status ?? 1)
}

function sources(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? sources(path) : [path]
  })
}

// A production tree has no sources to build from and is complete as it is.
if (existsSync(join(root, 'tsconfig.build.json'))) {
  keepFresh('node_modules/.prepared', ['package-lock.json', '.npmrc'], 'Installing dependencies', () =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
  )
  keepFresh(
    'dist/.prepared',
    [...sources('src').sort(), 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
    'Building',
    () => run(process.execPath, ['src/build.mjs'])
  )
}
