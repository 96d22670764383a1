/** Most items that are taken and whose results are not yet given, and most of their sizes; one item may be larger. */
export interface Window {
  readonly count: number
  readonly size: number
}

/**
 * Runs items as they come, several at once, and gives their results as they are ready. Takes a new one only when its
 * window has room, which it has again when a result is given: whoever does not take results gets no further.
 * @param run must not reject, or the whole ends with its error
 */
export async function* asReady<Item, Result>(
  items: AsyncIterable<Item>,
  sizeOf: (item: Item) => number,
  run: (item: Item) => Promise<Result>,
  window: Window
): AsyncGenerator<Result> {
  const ready: { readonly result: Result; readonly size: number }[] = []
  let count = 0
  let size = 0
  let reading = true
  let failure: { readonly error: unknown } | undefined
  let onReady = (): void => {}
  let onRoom = (): void => {}
  const fail = (error: unknown): void => {
    failure ??= { error }
    onReady()
  }

  async function read(): Promise<void> {
    for await (const item of items) {
      const own = sizeOf(item)
      while (reading && count > 0 && (count >= window.count || size + own > window.size)) {
        await new Promise<void>(resolve => {
          onRoom = resolve
        })
      }
      if (!reading) return
      count++
      size += own
      run(item).then(result => {
        ready.push({ result, size: own })
        onReady()
      }, fail)
    }
  }

  read()
    .catch(fail)
    .finally(() => {
      reading = false
      onReady()
    })
  try {
    for (;;) {
      if (failure) throw failure.error
      const first = ready.shift()
      if (first) {
        yield first.result
        count--
        size -= first.size
        onRoom()
      } else if (!reading && count === 0) return
      else {
        await new Promise<void>(resolve => {
          onReady = resolve
        })
      }
    }
  } finally {
    reading = false
    onRoom()
  }
}
