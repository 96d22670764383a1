/** One sample of an exposition. */
interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** What an exposition in the text format of Prometheus says, read strictly and apart from the code that writes it. */
export class Exposition {
  /** type of each family of metrics, by its name */
  readonly types = new Map<string, string>()
  readonly samples: Sample[] = []

  constructor(text: string) {
    if (!text.endsWith('\n')) throw new Error('The last line does not end.')
    const seen = new Set<string>()
    for (const line of text.split('\n')) {
      const [, kind, name, rest] = /^# (HELP|TYPE) ([a-z0-9_]+) (.+)$/.exec(line) ?? []
      if (kind === 'TYPE') {
        if (this.types.has(name)) throw new Error(`${name} has two types.`)
        this.types.set(name, rest)
      }
      if (kind || line === '') continue
      const sample = toSample(line)
      if (!this.types.has(familyOf(sample.name, this.types))) throw new Error(`${line} has no type.`)
      const series = line.slice(0, line.lastIndexOf(' '))
      if (seen.has(series)) throw new Error(`${series} comes twice.`)
      seen.add(series)
      this.samples.push(sample)
    }
  }

  /** Values of the samples of a name that have these labels, and maybe others. */
  values(name: string, labels: Readonly<Record<string, string | number>> = {}): number[] {
    return this.samples
      .filter(sample => sample.name === name)
      .filter(sample =>
        Object.entries(labels).every(([label, value]) => sample.labels[label] === String(value))
      )
      .map(({ value }) => value)
  }

  sum(name: string, labels: Readonly<Record<string, string | number>> = {}): number {
    return this.values(name, labels).reduce((sum, value) => sum + value, 0)
  }

  /** Values of a name other than 0, by the value of one label. */
  by(name: string, label: string): Record<string, number> {
    const all = this.samples.filter(sample => sample.name === name && sample.value !== 0)
    return Object.fromEntries(all.map(({ labels, value }) => [labels[label], value]))
  }
}

function toSample(line: string): Sample {
  const [, name, , inner = '', number] = /^([a-z0-9_]+)(\{(.*)\})? (\S+)$/.exec(line) ?? []
  const value = number === '+Inf' ? Number.POSITIVE_INFINITY : Number(number)
  if (name === undefined || (Number.isNaN(value) && number !== 'Nan'))
    throw new Error(`${line} is no sample.`)
  const pairs = Array.from(inner.matchAll(/([a-z0-9_]+)="((?:[^"\\\n]|\\.)*)"(?:,|$)/g))
  if (pairs.map(([pair]) => pair).join('') !== inner) throw new Error(`${line} has other labels.`)
  return { name, labels: Object.fromEntries(pairs.map(([, label, text]) => [label, text])), value }
}

function familyOf(name: string, types: ReadonlyMap<string, string>): string {
  const family = name.replace(/_(bucket|sum|count)$/, '')
  return types.get(family) === 'histogram' ? family : name
}
