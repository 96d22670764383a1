import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/** How often an instance is asked whether it is ready, and how long that may take: a cluster notices late, too. */
const POLL_MS = 300
const PROBE_TIMEOUT_MS = 5_000

interface Instance {
  readonly url: string
  ready: boolean
  /** called when a client has sent bytes that were passed on to it */
  onRequest: () => void
}

/** One address in front of several instances of the service. */
export interface Balancer {
  readonly url: string
  /** resolves when the instance has been ready once; it gets connections from then on */
  add(url: string): Promise<void>
  remove(url: string): void
  /** resolves when the next request has been passed on to the instance */
  requestTo(url: string): Promise<void>
}

/**
 * Balances as kube-proxy does: a new connection goes to a ready instance, in turns, and stays with it; nothing is
 * tried again. What the client or the instance ends is ended on the other side. Closed when the test ends.
 */
export async function startBalancer(): Promise<Balancer> {
  const instances = new Map<string, Instance>()
  const sockets = new Set<Socket>()
  let turn = 0
  const server = createServer(client => {
    const ready = [...instances.values()].filter(instance => instance.ready)
    if (ready.length === 0) {
      client.destroy()
      return
    }
    const instance = ready[turn++ % ready.length]
    const { hostname, port } = new URL(instance.url)
    const upstream = connect(Number(port), hostname)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client]
    ]) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroySoon()
      })
      from.pipe(to)
    }
    client.on('data', () => instance.onRequest())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  let open = true
  const watch = async (instance: Instance, onReady: () => void): Promise<void> => {
    while (open && instances.get(instance.url) === instance) {
      instance.ready = await isReady(instance.url)
      if (instance.ready) onReady()
      await sleep(POLL_MS)
    }
  }
  onTestFinished(async () => {
    open = false
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add(url) {
      const instance = { url, ready: false, onRequest: () => {} }
      instances.set(url, instance)
      return new Promise(resolve => void watch(instance, resolve))
    },
    remove: url => void instances.delete(url),
    requestTo: url =>
      new Promise((resolve, reject) => {
        const instance = instances.get(url)
        if (instance) instance.onRequest = resolve
        else reject(new Error(`${url} is not one of the instances`))
      })
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })).ok
  } catch {
    return false
  }
}
