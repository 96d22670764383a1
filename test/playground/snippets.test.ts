import { execFileSync, spawnSync } from 'node:child_process'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isInline, languages, type Request, requestBody } from '../../src/playground/snippets.ts'

const request = (text: string, members: Partial<Request> = {}): Request => ({
  url: 'http://localhost:8080/ner',
  text,
  options: undefined,
  keyed: false,
  ...members
})

/** What could break out of a literal, or look like something else. */
const hostile = [
  `'; rm -rf "$HOME"; echo '`,
  `\`id\` $(id) \${process.exit()} \\ \\\\ \\" \\' !! %s %n`,
  '"""\n\'\'\'\r\n\t\0\u007f\u0085\u2028\u2029',
  '</script><img src=x onerror=alert(1)>',
  'a\u202Eb\u2066c\u{E0041}\u200B\uFEFF',
  'lone \ud83d surrogate \udc00 and \u{1F600}',
  '\\u0027 \\n \\x41 {{}} f"{1}"',
  "ends with '",
  'ends with \\'
]

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...`'"\`\\$!{}()<>|&;#%\n\r\t\0 \u2028\u202ean0`), maxLength: 40 })
)

test('the snippets for a short text', () => {
  const options = { labels: ['Drug_Name'], minConfidence: 0.5 }
  expect(languages.curl(request("Ms. O'Hara takes aspirin.", { options }))).toBe(
    `curl -s http://localhost:8080/ner \\
  -H 'content-type: application/json' \\
  -d '{"text":"Ms. O\\u0027Hara takes aspirin.","options":{"labels":["Drug_Name"],"minConfidence":0.5}}'`
  )
  expect(languages.javascript(request('aspirin'))).toBe(
    `const response = await fetch("http://localhost:8080/ner", {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({"text":"aspirin"})
})
const answer = await response.json()
if (!response.ok) throw new Error(answer.detail ?? answer.title)
for (const { start, end, label, text } of answer.entities) console.log(start, end, label, text)`
  )
  expect(languages.python(request('aspirin'))).toBe(
    `import requests

response = requests.post(
    "http://localhost:8080/ner",
    json={"text":"aspirin"},
)
response.raise_for_status()
for entity in response.json()["entities"]:
    print(entity["start"], entity["end"], entity["label"], entity["text"])`
  )
})

test('a long text is read from a file, in every language', () => {
  const long = request('x'.repeat(20_001))
  expect(isInline(long)).toBe(false)
  for (const snippet of Object.values(languages)) {
    expect(snippet(long).length).toBeLessThan(600)
    expect(snippet(long)).toContain('request.json')
  }
  expect(isInline(request('x'.repeat(20_000)))).toBe(true)
})

test('the longest text in a snippet is an argument that Linux takes', () => {
  expect(languages.curl(request('\0'.repeat(20_000))).length).toBeLessThan(128 * 1024)
})

test('a key stays in the environment', () => {
  const keyed = request('x', { keyed: true })
  expect(languages.curl(keyed)).toContain('-H "authorization: Bearer $NER_API_KEY"')
  expect(languages.javascript(keyed)).toContain('process.env.NER_API_KEY')
  expect(languages.python(keyed)).toContain("os.environ['NER_API_KEY']")
})

test('nothing invisible stands in a snippet', () => {
  fc.assert(
    fc.property(texts, text => {
      for (const snippet of Object.values(languages)) {
        expect(snippet(request(text))).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/u)
      }
    })
  )
})

/** The body that the shell hands to curl. */
function bodiesOf(shell: string, requests: readonly Request[]): string[] {
  const script = requests.map(one => languages.curl(one)).join('\n')
  const output = execFileSync(shell, [
    '-c',
    `curl() { for last; do :; done; printf '%s\\n' "$last"; }\n${script}`
  ])
  return output.toString('utf8').trimEnd().split('\n')
}

const shells = ['sh', 'bash', 'zsh', 'dash'].filter(shell => !spawnSync(shell, ['-c', ':']).error)

describe.each(shells)('%s', shell => {
  test('hands curl the request, whatever the text', () => {
    const requests = [...hostile, ...fc.sample(texts, 200)].map(text => request(text))
    const bodies = bodiesOf(shell, requests)
    expect(bodies.map(body => JSON.parse(body))).toEqual(requests.map(({ text }) => ({ text })))
  })

  test('hands curl the address, whatever the path', () => {
    const url = `http://localhost/it's $(id)/ner`
    const script = `curl() { printf '%s' "$2"; }\n${languages.curl(request('x', { url }))}`
    expect(execFileSync(shell, ['-c', script]).toString()).toBe(url)
  })
})

test('JavaScript sends the request, whatever the text', () => {
  for (const text of [...hostile, ...fc.sample(texts, 200)]) {
    const body = /^ {2}body: (.*)$/m.exec(languages.javascript(request(text)))?.[1] ?? ''
    expect(JSON.parse(runInNewContext(body))).toEqual({ text })
  }
})

const hasPython = !spawnSync('python3', ['-c', '']).error

test.skipIf(!hasPython)('Python sends the request, whatever the text', () => {
  const sent = [...hostile, ...fc.sample(texts, 200)]
  const snippets = sent.map(text => languages.python(request(text)))
  // A stand-in for the library that prints what would be sent.
  const library = `import json, sys, types
class Answer:
    def raise_for_status(self): pass
    def json(self): return {"entities": []}
def post(url, json, headers=None):
    print(dumps(json))
    return Answer()
dumps = json.dumps
sys.modules["requests"] = types.SimpleNamespace(post=post)
for snippet in json.loads(sys.stdin.buffer.read()): exec(snippet, {})`
  const output = execFileSync('python3', ['-c', library], { input: JSON.stringify(snippets) })
  const received = output.toString().trimEnd().split('\n')
  expect(received.map(line => JSON.parse(line))).toEqual(sent.map(text => ({ text })))
})

test('the request of a file is the same as that of a snippet', () => {
  const options = { minConfidence: 0.5 }
  for (const text of hostile) {
    expect(JSON.parse(requestBody(request(text, { options })))).toEqual({ text, options })
  }
})
