import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor'
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import type { IJob } from 'kubernetes-models/batch/v1/Job'
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap'
import type { IService } from 'kubernetes-models/v1/Service'
import { describe, expect, test } from 'vitest'
import { type Config, ConfigSchema, loadConfig } from '../../src/config.ts'
import { packageVersion } from '../../src/package-version.ts'
import { testApp } from '../helpers/build-app.ts'
import { jsonLines, runCli, temporaryFile } from '../helpers/cli.ts'
import { base, bulk, everything, one } from '../helpers/deploy.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

const deployment = one<IDeployment>(everything, 'Deployment').spec!
const service = one<IService>(everything, 'Service')
const autoscaler = one<IHorizontalPodAutoscaler>(everything, 'HorizontalPodAutoscaler').spec!
const budget = one<IPodDisruptionBudget>(everything, 'PodDisruptionBudget').spec!
const policy = one<INetworkPolicy>(everything, 'NetworkPolicy').spec!
const monitor = one<IServiceMonitor>(everything, 'ServiceMonitor').spec
const job = one<IJob>(bulk, 'Job', 'ner-jsl-annotate').spec!
const jobPolicy = one<INetworkPolicy>(bulk, 'NetworkPolicy', 'ner-jsl-annotate').spec!
const settings = one<IConfigMap>(everything, 'ConfigMap').data!

const pods: [string, NonNullable<typeof deployment.template.spec>][] = [
  ['base', one<IDeployment>(base, 'Deployment').spec!.template.spec!],
  ['base with every component', deployment.template.spec!],
  ['bulk job', job.template.spec!]
]
const pod = deployment.template.spec!
const [container] = pod.containers
const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe]

const dockerfile = read('Dockerfile')
const image = {
  environment: Object.fromEntries(
    Array.from(dockerfile.match(/^ENV (.*)$/m)![1].matchAll(/(\S+)=(\S+)/g), ([, name, value]) => [
      name,
      value
    ])
  ),
  port: Number(dockerfile.match(/^EXPOSE (\d+)$/m)![1]),
  user: dockerfile
    .match(/^USER (\d+):(\d+)$/m)!
    .slice(1)
    .map(Number)
}

describe('the pods', () => {
  test.each(pods)('of the %s have no rights but to compute', (_name, { containers, ...spec }) => {
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: image.user[0],
        runAsGroup: image.user[1],
        seccompProfile: { type: 'RuntimeDefault' }
      }
    })
    for (const { securityContext } of containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] }
      })
    }
  })

  test.each(pods)('of the %s run this version on whole CPUs, and get what they ask for', (_name, spec) => {
    for (const { image: name, resources } of spec.containers) {
      expect(name).toBe(`ner-jsl:${packageVersion}`)
      expect(resources!.limits!.cpu).toMatch(/^\d+$/)
      expect(resources!.requests).toEqual(resources!.limits)
    }
  })

  test('are asked how they are on routes that there are', async () => {
    const paths = probes.map(probe => probe!.httpGet!.path!)
    expect(paths).toEqual(['/startupz', '/livez', '/readyz'])
    const { app } = await testApp()
    for (const path of paths) expect((await app.inject(path)).statusCode).toBe(200)
  })

  test('are reached on the port of the image, by its name', () => {
    expect(container.ports).toEqual([{ name: 'http', containerPort: image.port }])
    expect(image.environment.PORT).toBe(String(image.port))
    expect(probes.map(probe => probe!.httpGet!.port)).toEqual(['http', 'http', 'http'])
    expect(service.spec!.ports!.map(({ targetPort }) => targetPort)).toEqual(['http'])
  })

  test('have the file of keys where the setting says', () => {
    const [{ name, mountPath }] = container.volumeMounts!
    const [{ value }] = container.env!
    expect(value).toBe(`${mountPath}/keys.json`)
    expect(pod.volumes).toEqual([{ name, secret: { secretName: 'ner-jsl-api-keys' } }])
  })
})

describe('the settings', () => {
  test('are settings of the service, with values that it takes', () => {
    const names = [...Object.keys(settings), ...container.env!.map(({ name }) => name)]
    expect(names.filter(name => !(name in ConfigSchema.properties))).toEqual([])
    expect(() => loadConfig({ ...image.environment, ...settings })).not.toThrow()
  })

  test('differ from the defaults, or they would not be there', () => {
    const defaults = loadConfig({})
    const same = Object.entries(settings).filter(
      ([name, value]) => String(defaults[name as keyof Config]) === value
    )
    expect(same).toEqual([])
  })

  test('of the base leave time for each step of the end', () => {
    const config = loadConfig(one<IConfigMap>(base, 'ConfigMap').data!)
    const { periodSeconds, failureThreshold } = container.readinessProbe!
    const { terminationGracePeriodSeconds } = pod
    // A load balancer with these probes sees that the pod is not ready before it stops listening,
    expect(config.NER_DRAIN_DELAY_MS).toBeGreaterThan(periodSeconds! * failureThreshold! * 1000)
    // what was accepted last is still answered,
    expect(config.NER_DRAIN_TIMEOUT_MS).toBeGreaterThan(config.NER_DEADLINE_MS)
    // and the pod is killed after that only, with a margin for the end of the processes.
    expect(terminationGracePeriodSeconds! * 1000).toBeGreaterThanOrEqual(
      config.NER_DRAIN_DELAY_MS + config.NER_DRAIN_TIMEOUT_MS + 5_000
    )
  })
})

describe('what is around the pods', () => {
  test('finds them by their labels, and not those of the bulk job', () => {
    const { labels } = deployment.template.metadata!
    const metricsPolicy = one<INetworkPolicy>(everything, 'NetworkPolicy', 'ner-jsl-metrics').spec!
    const selectors = [
      service.spec!.selector,
      ...[deployment.selector, budget.selector, policy.podSelector, metricsPolicy.podSelector].map(
        selector => selector!.matchLabels
      ),
      ...pod.topologySpreadConstraints!.map(({ labelSelector }) => labelSelector!.matchLabels)
    ]
    for (const selector of selectors) expect(selector).toEqual(labels)
    expect(job.template.metadata!.labels).not.toMatchObject(labels!)
    expect(jobPolicy.podSelector!.matchLabels).toEqual(job.template.metadata!.labels)
  })

  test('takes no capacity away in an update, and leaves the number of pods to the autoscaler', () => {
    expect(deployment.strategy!.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 })
    expect(autoscaler.scaleTargetRef).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'ner-jsl' })
    expect(deployment.replicas).toBeUndefined()
    expect(autoscaler.minReplicas).toBeGreaterThan(budget.maxUnavailable as number)
  })

  test('lets in whom it names, on one port, and nobody out', () => {
    const policies = [...everything, ...bulk].filter(
      ({ kind }) => kind === 'NetworkPolicy'
    ) as INetworkPolicy[]
    for (const { spec } of policies) {
      expect(spec!.policyTypes).toContain('Ingress')
      for (const { from, ports } of spec!.ingress!) {
        expect(ports).toEqual([{ port: 'http' }])
        expect(from).toHaveLength(1)
        expect(Object.keys(from![0].namespaceSelector!.matchLabels!)).toHaveLength(1)
      }
    }
    for (const spec of [policy, jobPolicy]) {
      expect(spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'], egress: [] })
    }
  })

  test('reads the metrics from the port of the service', () => {
    expect(service.metadata!.labels).toMatchObject(monitor.selector.matchLabels!)
    expect(monitor.endpoints.map(({ port }) => port)).toEqual(service.spec!.ports!.map(({ name }) => name))
    expect(monitor.endpoints.map(({ path }) => path)).toEqual(['/metrics'])
  })

  test('gives each part of a bulk job to one pod', async () => {
    const { bin } = JSON.parse(read('package.json'))
    const args = job.template.spec!.containers[0].args!
    expect(args.slice(0, 3)).toEqual(['node', bin['ner-jsl'], 'annotate'])
    expect(args[args.indexOf('--shard') + 1]).toBe(`$(JOB_COMPLETION_INDEX)/${job.completions}`)

    const notes = temporaryFile('notes.ndjson', jsonLines(Array.from({ length: 16 }, () => ({ text: 'x' }))))
    for (const index of [0, job.completions! - 1]) {
      const given = args
        .slice(2)
        .map(arg => arg.replaceAll('$(JOB_COMPLETION_INDEX)', String(index)))
        .map(arg => arg.replace('/entities/', `${dirname(notes)}/`).replace('/notes/', `${dirname(notes)}/`))
      const { code, stderr } = await runCli(given)
      expect([code, stderr]).toEqual([0, expect.stringMatching(/^2 documents/)])
      expect(existsSync(join(dirname(notes), `part-${index}.ndjson`))).toBe(true)
    }
  }, 120_000)
})

describe('the page on deployment', () => {
  const page = read('docs/deployment.md')

  test('tells the figures of the manifests', () => {
    const { NER_DRAIN_DELAY_MS: delay, NER_DRAIN_TIMEOUT_MS: timeout } = settings
    const { periodSeconds, failureThreshold } = container.startupProbe!
    const [{ resource }] = autoscaler.metrics!
    for (const fact of [
      `\`cpu: ${container.resources!.limits!.cpu}\``,
      `\`memory: ${container.resources!.limits!.memory}\``,
      `\`startupProbe\` for ${periodSeconds! * failureThreshold!} s`,
      `\`terminationGracePeriodSeconds: ${pod.terminationGracePeriodSeconds}\``,
      `\`NER_DRAIN_DELAY_MS\` ${Number(delay) / 1000} s`,
      `\`NER_DRAIN_TIMEOUT_MS\` ${Number(timeout) / 1000} s`,
      `${autoscaler.minReplicas} to ${autoscaler.maxReplicas} pods, ${resource!.target.averageUtilization} % CPU`
    ]) {
      expect(page).toContain(fact)
    }
  })

  test('sizes with what the README has measured', () => {
    for (const figure of [
      '127,000 tokens/s',
      '225 notes/s',
      '566 tokens',
      '32 ms (p99)',
      '0.7 s',
      '250 MB idle',
      '330 MB within 20,000 requests'
    ]) {
      expect(read('README.md')).toContain(figure)
      expect(page).toContain(figure)
    }
  })
})
