import { expect } from 'vitest'
import {
  browserTest,
  eventually,
  highlights,
  openPlayground,
  visibleText,
  write
} from '../helpers/playground.ts'

const line = 'The patient takes aspirin 81 mg daily, has no cough and no rash, and denies chest pain. '
/** About 1 MB and 30,000 entities. */
const lines = 6_100
const padding = 'Nothing else is of note in the history, and the examination is normal. '

function noteOf(separator: string): string {
  return Array.from({ length: lines }, (_, i) => `${i}. ${line}${padding}${separator}`).join('')
}

browserTest.each([
  ['in lines', '\n'],
  ['in one line', ' ']
])('a note of 1 MB with 30,000 entities, %s, is shown whole', async (_name, separator) => {
  const note = noteOf(separator)
  expect(note.length).toBeGreaterThan(950_000)
  const playground = await openPlayground()
  await write(playground, note)
  const { page } = playground
  expect(await page.locator('#status').textContent()).toBe('30,500 entities')
  expect(await page.locator('.entity').count()).toBe(30_500)
  // Only what is in view is laid out: the browser skips the content of other blocks.
  const skipped = `[...document.querySelectorAll('.block')].filter(block => !block.firstElementChild.checkVisibility({ contentVisibilityAuto: true })).length`
  const blocks = await page.locator('.block').count()
  expect(blocks).toBeGreaterThan(100)
  await eventually(() => page.evaluate(skipped)).toBeGreaterThan(blocks - 20)

  await page.getByRole('checkbox', { name: 'Medication' }).uncheck()
  expect(new Set(await highlights(page))).toEqual(new Set(['denies', 'chest pain']))
  await page.locator('.entity').first().focus()
  await page.keyboard.press('End')
  expect(await page.locator('.entity:focus').textContent()).toBe('chest pain')
  await eventually(() => visibleText(page.getByRole('tooltip'))).toContain(
    `${note.lastIndexOf('chest pain')} to `
  )
  await page.getByRole('tab', { name: 'Table' }).click()
  expect(await page.locator('#position').textContent()).toBe('1 to 100 of 12,200')
  expect(await page.locator('#rows tr').count()).toBe(100)
})

browserTest('an edit draws one block anew, and leaves the others and the place of the reader', async () => {
  const note = noteOf('\n').slice(0, 200_000)
  const playground = await openPlayground()
  await write(playground, note)
  const { page } = playground
  await page.evaluate("document.querySelectorAll('.block').forEach(block => { block.dataset.old = '' })")
  // What the reader looks at stays where it is, wherever the edit is.
  const frames = 'new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))'
  const seen = `document.querySelectorAll('.block')[30].getBoundingClientRect().top`
  await page.evaluate(`document.querySelectorAll('.block')[30].scrollIntoView()`)
  await page.evaluate(frames)
  const place = await page.evaluate(seen)
  await write(playground, `Edited: fever. ${note}`)
  const blocks = await page.locator('.block').count()
  expect(await page.locator('.block[data-old]').count()).toBe(blocks - 1)
  await page.evaluate(frames)
  expect(await page.evaluate(seen)).toBeCloseTo(place as number, -1)
  // The blocks that stayed know where they are now.
  await page.getByRole('button', { name: 'aspirin Drug_Name' }).nth(3).focus()
  const offset = `Edited: fever. ${note}`.split('aspirin', 4).join('aspirin').length
  expect(await visibleText(page.getByRole('tooltip'))).toContain(`${offset} to ${offset + 7}`)
})
