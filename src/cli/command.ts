import { type ParseArgsConfig, parseArgs } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>
type Values<Given extends Options> = ReturnType<
  typeof parseArgs<{ options: Given; allowPositionals: true }>
>['values']

interface Definition<Given extends Options> {
  readonly summary: string
  readonly usage: string
  readonly options: Given
  run(values: Values<Given>, positionals: string[]): Promise<void>
}

/** A subcommand of ner-jsl. */
export interface Command {
  readonly summary: string
  readonly usage: string
  /** @throws Error whose message is for the user */
  start(args: string[]): Promise<void>
}

export function defineCommand<const Given extends Options>(definition: Definition<Given>): Command {
  const { summary, usage, options } = definition
  return {
    summary,
    usage,
    async start(args) {
      const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
      await definition.run(values, positionals)
    }
  }
}
