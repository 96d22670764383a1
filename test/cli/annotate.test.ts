import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createInProcessRecognizer } from '../../src/recognition/in-process.ts'
import { toRecognized } from '../../src/recognition/recognized.ts'
import { jsonLines, runCli, temporaryFile } from '../helpers/cli.ts'
import { modelFolder } from '../helpers/model-folder.ts'
import { notes } from '../helpers/notes.ts'

const input = jsonLines(notes)

/** What the engine finds in the notes, apart from the command. */
async function expected(unit: 'utf16' | 'codepoint' = 'utf16') {
  const recognizer = await createInProcessRecognizer(modelFolder)
  const { outcomes } = await recognizer.recognize(notes.map(({ text }) => ({ text })))
  await recognizer.close()
  return notes.map(({ id, text }, i) => {
    const outcome = outcomes[i]
    if ('error' in outcome) throw outcome.error
    return { id, ...toRecognized(text, outcome.analyzed, unit) }
  })
}

const parseLines = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

describe('ner-jsl annotate', () => {
  test('reads standard input and writes to standard output what the engine finds', async () => {
    const { code, stdout, stderr } = await runCli(['annotate'], input)
    expect(parseLines(stdout)).toEqual(await expected())
    expect(stderr).toMatch(new RegExp(`^${notes.length} documents, \\d+ entities, 0 failed in \\d+ s\n$`))
    expect(code).toBe(0)
  })

  test('writes a file under its name when it is whole, and leaves nothing beside it', async () => {
    const file = temporaryFile('notes.ndjson', input)
    const output = join(dirname(file), 'out.ndjson')
    const { code, stdout } = await runCli([
      'annotate',
      '--output',
      output,
      '--offset-unit',
      'codepoint',
      file
    ])
    expect([code, stdout]).toEqual([0, ''])
    expect(parseLines(readFileSync(output, 'utf8'))).toEqual(await expected('codepoint'))
    expect(readdirSync(dirname(file)).sort()).toEqual(['notes.ndjson', 'out.ndjson'])

    const again = await runCli(['annotate', '--output', output, file])
    expect(again.code).toBe(1)
    expect(again.stderr).toContain('is there already')
  })

  test('reads a folder and writes one for brat', async () => {
    const folder = join(dirname(temporaryFile('x', '')), 'notes')
    mkdirSync(folder)
    const wellFormed = notes.filter(({ text }) => Buffer.from(text).toString() === text)
    for (const { id, text } of wellFormed) writeFileSync(join(folder, `${id}.txt`), text)
    const output = join(dirname(folder), 'brat')
    const { code, stderr } = await runCli(['annotate', '--to', 'brat', '--output', output, folder])
    expect([code, stderr]).toEqual([0, expect.stringContaining(`${wellFormed.length} documents`)])
    expect(readdirSync(output)).toHaveLength(2 * wellFormed.length)
    const found = await expected('codepoint')
    for (const { id, text } of wellFormed) {
      expect(readFileSync(join(output, `${id}.txt`), 'utf8')).toBe(text)
      const entities = found.find(one => one.id === id)?.entities ?? []
      const lines = readFileSync(join(output, `${id}.ann`), 'utf8')
        .trimEnd()
        .split('\n')
      expect(lines.map(line => line.split('\t')[1].split(' ')[0])).toEqual(entities.map(({ label }) => label))
    }
  })

  test('reads the columns of CSV that are named, and writes CSV with the entities that are asked for', async () => {
    const file = temporaryFile('notes.csv', 'key,note\r\nn1,"Denies fever,\r\ntakes aspirin daily."\r\n')
    const output = join(dirname(file), 'out.csv')
    const { code } = await runCli([
      ...['annotate', '--text-column', 'note', '--id-column', 'key', '--label', 'Drug_Name'],
      ...['--min-confidence', '0.5', '--output', output, file]
    ])
    expect(code).toBe(0)
    expect(readFileSync(output, 'utf8')).toMatch(
      /^id,start,end,label,confidence,text\r\nn1,21,28,Drug_Name,0\.\d+,aspirin\r\n$/
    )
  })

  test('its parts are together the whole, each document in one', async () => {
    const file = temporaryFile('notes.ndjson', input)
    const parts = await Promise.all([0, 1, 2].map(i => runCli(['annotate', '--shard', `${i}/3`, file])))
    const lines = parts.map(({ stdout }) => parseLines(stdout))
    const joined = notes.map((_note, i) => lines[i % 3][Math.floor(i / 3)])
    expect(joined).toEqual(await expected())
    expect(lines.flat()).toHaveLength(notes.length)
  })

  describe('a line that is no document', () => {
    const lines = `{"id":"a","text":"Denies fever."}\nJane Roe\n{"id":"c","text":"Takes aspirin."}\n`

    test('stops the run, which can be gone on with when it is mended', async () => {
      const file = temporaryFile('notes.ndjson', lines)
      const output = join(dirname(file), 'out.ndjson')
      const stopped = await runCli(['annotate', '--output', output, file])
      expect(stopped).toMatchObject({
        code: 1,
        stderr: 'ner-jsl: line 2: invalid_json: The body is not valid JSON.\n'
      })
      expect(existsSync(output)).toBe(false)
      writeFileSync(file, lines.replace('Jane Roe', '{"id":"b","text":"Stable."}'))
      const { code, stderr } = await runCli(['annotate', '--output', output, file])
      expect(stderr).toMatch(/^going on after 1 documents\n3 documents, \d+ entities, 0 failed/)
      expect(code).toBe(0)
      expect(parseLines(readFileSync(output, 'utf8')).map(one => (one as { id: string }).id)).toEqual([
        'a',
        'b',
        'c'
      ])
    })

    test('is passed over where that is asked for, and the exit status says so', async () => {
      const { code, stdout, stderr } = await runCli(['annotate', '--on-error', 'skip'], lines)
      expect(code).toBe(2)
      expect(parseLines(stdout).map(one => (one as { id: string }).id)).toEqual(['a', 'c'])
      expect(stderr).toMatch(
        /^line 2: invalid_json: The body is not valid JSON\.\n2 documents, \d+ entities, 1 failed/
      )
      expect(stderr).not.toContain('Jane')
    })
  })

  test('does not go on with a run of something else', async () => {
    const file = temporaryFile('notes.ndjson', `{"text":"Denies fever."}\nJane Roe\n`)
    const output = join(dirname(file), 'out.ndjson')
    await runCli(['annotate', '--output', output, file])
    const { code, stderr } = await runCli(['annotate', '--output', output, '--label', 'Drug_Name', file])
    expect(code).toBe(1)
    expect(stderr).toContain('is of a run with another input, model or options')
    writeFileSync(`${output}.part`, '')
    expect((await runCli(['annotate', '--output', output, file])).stderr).toContain(
      'shorter than its journal'
    )
  })

  test.each([
    ['no input', ['/no/such/file'], 'there is no /no/such/file'],
    ['two inputs', ['a', 'b'], 'name one input'],
    ['an unknown format', ['--to', 'xml'], '--to is ndjson, csv, conll, brat'],
    ['brat without a folder', ['--to', 'brat'], '--to brat needs --output FOLDER'],
    ['an unknown label', ['--label', 'Jane'], 'the model has no label Jane'],
    ['a part that is not there', ['--shard', '3/3'], '--shard is i/n, where i goes from 0 to n - 1'],
    ['a confidence above 1', ['--min-confidence', '2'], '--min-confidence is from 0 to 1'],
    ['a model that is not there', ['--model', '/no'], 'the model folder has no readable manifest.json']
  ])('refuses %s', async (_what, args, message) => {
    expect(await runCli(['annotate', ...args])).toEqual({
      code: 1,
      stdout: '',
      stderr: `ner-jsl: ${message}\n`
    })
  })
})
