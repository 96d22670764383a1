import { expect, test } from 'vitest'
import { fuzz } from '../../bench/fuzz/fuzz.ts'
import { temporaryFile } from '../helpers/cli.ts'
import { modelFolder } from '../helpers/model-folder.ts'

test('1,500 generated requests over every route get what the OpenAPI document promises, and leave no trace', async () => {
  const { counts, faults } = await fuzz({
    modelFolder,
    seed: 20_260_101,
    from: 0,
    to: 1500,
    logFile: temporaryFile('log', ''),
    progress: () => {}
  })
  expect(faults).toEqual([])
  const endings = [...counts.keys()]
  expect(new Set(endings.map(ending => ending.split(' ')[0]))).toEqual(
    new Set(['schema', 'text', 'bytes', 'headers', 'path', 'coding', 'pipelined'])
  )
  // Cases that are all refused would prove nothing of what is accepted.
  for (const ending of ['schema 200', 'schema 422', 'text 200', 'bytes 400', 'coding 415', 'path 404']) {
    expect(endings).toContain(ending)
  }
})
