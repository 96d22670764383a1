import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import { Job } from 'kubernetes-models/batch/v1/Job'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { Namespace } from 'kubernetes-models/v1/Namespace'
import { Service } from 'kubernetes-models/v1/Service'
import type { Manifest } from './kustomize.ts'

const models = [
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Job,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  ServiceMonitor
]

/**
 * What the schemas of the Kubernetes API have against a manifest: nothing, if a cluster would take it. A cluster
 * refuses fields that it does not know, the schemas do not; but their validators read every field that they know.
 */
export function faultsOf(manifest: Manifest): string[] {
  const { apiVersion, kind } = manifest
  const model = models.find(model => model.apiVersion === apiVersion && model.kind === kind)
  if (!model) return [`there is no schema of ${apiVersion} ${kind}`]
  const unread: (() => string[])[] = []
  try {
    model.prototype.validate.call(watched(manifest, '', unread))
  } catch (error) {
    return [(error as Error).message]
  }
  return unread.flatMap(list => list()).map(path => `${path} is not a field`)
}

/** The value, with its objects wrapped so that `unread` comes to list the paths that nobody has asked for. */
function watched<T>(value: T, path: string, unread: (() => string[])[]): T {
  if (typeof value !== 'object' || value === null) return value
  const read = new Set<PropertyKey>()
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, watched(child, `${path}/${key}`, unread)])
  )
  unread.push(() =>
    Object.keys(copy)
      .filter(key => !read.has(key))
      .map(key => `${path}/${key}`)
  )
  const base = Array.isArray(value) ? Object.assign([], copy) : copy
  return new Proxy(base, {
    get(target, key) {
      read.add(key)
      return Reflect.get(target, key)
    }
  }) as T
}
