import { writeFileSync } from 'node:fs'

/**
 * Leaves the memory of this process, and of those that it starts, out of core dumps: it holds notes. What is left tells
 * where a process died.
 */
export function keepMemoryOutOfCoreDumps(): void {
  try {
    writeFileSync('/proc/self/coredump_filter', '0')
  } catch {
    // A kernel without core dumps has nothing to leave out.
  }
}
