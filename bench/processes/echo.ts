import type { AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import { offer } from './remote.ts'

/** A bare Fastify that answers a POST with its own body: what HTTP and JSON cost when nothing is done. */
const functions = {
  /** @returns where it listens */
  async listen(): Promise<string> {
    const app = fastify()
    app.post('/ner', async request => request.body)
    await app.listen({ host: '127.0.0.1', port: 0 })
    return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/ner`
  }
}

export type Echo = typeof functions

offer(functions)
