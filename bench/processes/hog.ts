import { offer } from './remote.ts'

/** A neighbour that computes without a pause, at ordinary priority. */
const functions = {
  /** Keeps a core busy for so long, or until the process is ended. */
  spin(seconds: number): void {
    const end = performance.now() + seconds * 1000
    while (performance.now() < end);
  }
}

export type Hog = typeof functions

offer(functions)
