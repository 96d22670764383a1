/**
 * Process entry. Loading takes a moment, in which nothing has been promised to anybody: a signal ends the process.
 * Without this, process 1 of a container would not even notice it, for the system gives that one no default handler.
 */
const leave = (): void => process.exit(0)
const signals = ['SIGTERM', 'SIGINT'] as const
for (const signal of signals) process.on(signal, leave)

// A warning of Node that cannot be written, for the disk is full or its reader has gone, must not end the service.
process.stderr.on('error', () => {})

try {
  const { serve } = await import('./serve.ts')
  await serve(() => {
    for (const signal of signals) process.off(signal, leave)
  })
} catch (error) {
  const reason = error instanceof Error ? error.message : 'unknown fault'
  process.stderr.write(`The service cannot start:\n${reason}\n`)
  process.exit(1)
}

export {}
