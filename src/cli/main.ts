import { parseArgs } from 'node:util'
import * as tokenize from './tokenize.ts'

const commands = { tokenize }

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
  const command = commands[name as keyof typeof commands]
  if (rest.includes('--help')) {
    process.stdout.write(`${command.summary}\n\n  ${command.usage}\n`)
    return
  }
  const { values, positionals } = parseArgs({ args: rest, options: command.options, allowPositionals: true })
  await command.run(values, positionals)
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`ner-jsl: ${error instanceof Error ? error.message : 'failed'}\n`)
  process.exitCode = 1
})
