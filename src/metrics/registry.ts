import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { type LabelsOf, type MetricName, metricTable, type NameOf } from './table.ts'

/** Changes that are made together. */
const CHANGES = 1000

/**
 * The values of the metrics of the table. Changes of counters and histograms are kept and made many at a time, at the
 * latest when the values are read: one by one, each with cold caches, they take several times as long.
 */
export class MetricRegistry {
  readonly #registry = new Registry()
  readonly #metrics = Object.fromEntries(
    Object.entries(metricTable).map(([name, metric]) => [name, this.#create(name, metric)])
  ) as Record<NameOf<'counter'>, Counter> &
    Record<NameOf<'gauge'>, Gauge> &
    Record<NameOf<'histogram'>, Histogram>

  #changes: (() => void)[] = []

  /** Content type of `text`. */
  get contentType(): string {
    return this.#registry.contentType
  }

  /** Adds to a counter; 0 makes it appear. */
  add<Name extends NameOf<'counter'>>(name: Name, labels: LabelsOf<Name>, value: number): void {
    this.#change(() => this.#metrics[name].inc(labels, value))
  }

  observe<Name extends NameOf<'histogram'>>(name: Name, labels: LabelsOf<Name>, value: number): void {
    this.#change(() => this.#metrics[name].observe(labels, value))
  }

  /** Sets a gauge for these labels and no others. */
  set<Name extends NameOf<'gauge'>>(
    name: Name,
    values: readonly (readonly [LabelsOf<Name>, number])[]
  ): void {
    const gauge = this.#metrics[name]
    gauge.reset()
    for (const [labels, value] of values) gauge.set(labels, value)
  }

  /** Adds memory, CPU time, event loop delay and garbage collection of this process. */
  addProcess(): void {
    collectDefaultMetrics({ register: this.#registry })
  }

  /** Everything in the text format of Prometheus. */
  text(): Promise<string> {
    this.#makeChanges()
    return this.#registry.metrics()
  }

  #change(change: () => void): void {
    if (this.#changes.push(change) >= CHANGES) this.#makeChanges()
  }

  #makeChanges(): void {
    const changes = this.#changes
    this.#changes = []
    for (const change of changes) change()
  }

  #create(name: string, { type, help, labels, ...rest }: (typeof metricTable)[MetricName]) {
    const common = { name, help, labelNames: [...labels], registers: [this.#registry] }
    switch (type) {
      case 'counter':
        return new Counter(common)
      case 'gauge':
        return new Gauge(common)
      case 'histogram':
        return new Histogram({ ...common, ...('buckets' in rest && { buckets: [...rest.buckets] }) })
      default:
        return type satisfies never
    }
  }
}
