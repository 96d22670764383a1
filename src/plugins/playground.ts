import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { ServiceError } from '../errors.ts'

/** Where the build puts the page; the same from src/plugins and from dist/plugins. */
const folder = fileURLToPath(new URL('../../dist/playground/', import.meta.url))

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml'
}

/**
 * The page works with notes of patients: nothing is loaded from, sent to or framed by another origin, no script runs
 * but its own files, and no string becomes markup or code. Other headers are those of every answer.
 */
const headers = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'"
  ].join('; '),
  // Kept, but asked for each time: the files of two builds must not be mixed.
  'cache-control': 'no-cache'
}

interface File {
  readonly type: string
  readonly body: Buffer
  readonly etag: string
}

/** The playground: a page at / and its files below /playground/, from memory. */
async function playground(app: FastifyInstance): Promise<void> {
  const names = await readdir(folder)
  const files = new Map(await Promise.all(names.map(async name => [name, await read(name)] as const)))

  function send(name: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const file = files.get(name)
    if (!file) throw new ServiceError('not_found')
    reply.headers({ ...headers, etag: file.etag })
    if (request.headers['if-none-match']?.includes(file.etag)) return reply.code(304).send()
    return reply.type(file.type).send(file.body)
  }

  app.get('/', { schema: { hide: true } }, (request, reply) => send('index.html', request, reply))
  app.get<{ Params: { file: string } }>('/playground/:file', { schema: { hide: true } }, (request, reply) =>
    send(request.params.file, request, reply)
  )
}

async function read(name: string): Promise<File> {
  const body = await readFile(`${folder}${name}`)
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`
  return { type: types[extname(name)], body, etag }
}

export default fp(playground, { name: 'playground' })
