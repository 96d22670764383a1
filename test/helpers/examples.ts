import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Folder of the examples of the documentation. */
export const examplesFolder = fileURLToPath(new URL('../../docs/examples/', import.meta.url))

export interface ProgramResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end with some variables of the environment more. */
export async function runProgram(
  [command, ...args]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd = examplesFolder
): Promise<ProgramResult> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk
    })
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, ...output }
}

/** Whether a command is there and does what is asked of it. */
export function works(command: string, ...args: string[]): boolean {
  const { error, status } = spawnSync(command, args, { stdio: 'ignore' })
  return !error && status === 0
}

/** A Python with the packages of docs/examples/requirements.txt: that of a virtual environment beside it, else the system's. */
function findPython(): string | undefined {
  const candidates = [`${examplesFolder}.venv/bin/python`, 'python3']
  return candidates.find(
    python => (!python.includes('/') || existsSync(python)) && works(python, '-c', 'import pandas, requests')
  )
}

const python = findPython()

/** What runs each kind of example, by the ending of its name; undefined where the machine does not have it. */
export const runners: Readonly<Record<string, readonly string[] | undefined>> = {
  sh: works('curl', '--version') ? ['sh'] : undefined,
  mjs: [process.execPath],
  py: python ? [python] : undefined,
  java: works('java', '--version') ? ['java'] : undefined,
  go: works('go', 'version') ? ['go', 'run'] : undefined
}
