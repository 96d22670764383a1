/** What a caller may do. Neither includes the other: who reads metrics need not be able to send notes. */
export const scopes = ['read', 'admin'] as const
export type Scope = (typeof scopes)[number]

/** What a resource asks for; `open` asks for no credentials at all. */
export const needs = ['open', ...scopes] as const
export type Need = (typeof needs)[number]

/** What the resources ask for that are not about notes. */
export interface NeedSettings {
  readonly docs: Need
  readonly metrics: Need
}

/** Pages and files for people, without a note in them: the playground asks for a key itself. */
const documentation = /^\/($|openapi\.json$|docs($|\/)|playground\/)/

const probes: ReadonlySet<string> = new Set(['/livez', '/readyz', '/startupz'])

/**
 * What a resource asks for. Whatever is not named here asks for `read`: a new route is closed until somebody opens it,
 * and so is a path that no route has.
 * @param route template of the route, undefined where there is none
 */
export function needOf(route: string | undefined, { docs, metrics }: NeedSettings): Need {
  if (route === undefined) return 'read'
  if (probes.has(route)) return 'open'
  if (documentation.test(route)) return docs
  if (route === '/metrics') return metrics
  return 'read'
}
