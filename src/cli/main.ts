import { annotateCommand } from './annotate.ts'
import { benchCommand } from './bench.ts'
import type { Command } from './command.ts'
import { evaluateCommand } from './evaluate.ts'
import { keyCommand } from './key.ts'
import { openapiCommand } from './openapi.ts'
import { tokenizeCommand } from './tokenize.ts'

const commands: Readonly<Record<string, Command>> = {
  annotate: annotateCommand,
  bench: benchCommand,
  evaluate: evaluateCommand,
  key: keyCommand,
  openapi: openapiCommand,
  tokenize: tokenizeCommand
}

function help(): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`)
  return `ner-jsl: clinical named entity recognition\n\n${lines.join('\n')}\n\nner-jsl COMMAND --help tells more.\n`
}

async function main(args: readonly string[]): Promise<void> {
  const [name = '--help', ...rest] = args
  if (name === '--help' || name === 'help') {
    process.stdout.write(help())
    return
  }
  if (!Object.hasOwn(commands, name)) throw new Error(`unknown command; see ner-jsl --help`)
  const command = commands[name]
  if (rest.includes('--help')) {
    process.stdout.write(`${command.summary}\n\n  ${command.usage}\n`)
    return
  }
  await command.start(rest)
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`ner-jsl: ${error instanceof Error ? error.message : 'failed'}\n`)
  process.exitCode = 1
})
