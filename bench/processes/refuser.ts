import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { offer } from './remote.ts'

/** As long as what the service says to what it refuses. */
const BODY = JSON.stringify({ title: 'The service is at capacity', detail: 'x'.repeat(240) })

/** A bare server that refuses everything: what HTTP costs when nothing but this is done. */
const functions = {
  /**
   * @param answered first requests that are answered instead, as a client expects of what it opens
   * @returns where it listens
   */
  async listen(answered: number): Promise<string> {
    let left = answered
    const server = createServer((_request, response) => {
      const headers = { 'content-type': 'application/problem+json', 'content-length': BODY.length }
      if (left-- > 0) response.writeHead(200, headers)
      else response.writeHead(503, { ...headers, 'retry-after': '1' })
      response.end(BODY)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ner`
  }
}

export type Refuser = typeof functions

offer(functions)
