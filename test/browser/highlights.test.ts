import { expect } from 'vitest'
import { samples } from '../../src/playground/samples.ts'
import { fakeRecognizer } from '../helpers/fake-recognizer.ts'
import {
  browserTest,
  eventually,
  highlights,
  openPlayground,
  visibleText,
  write
} from '../helpers/playground.ts'
import { findWords } from '../helpers/words-recognizer.ts'

const note = 'Takes aspirin 81 mg daily.\nShe denies chest pain and fever.'

browserTest('every entity is highlighted where it stands, with the name of its label', async () => {
  const playground = await openPlayground()
  await write(playground, note)
  const { page } = playground
  expect(await highlights(page)).toEqual(['aspirin', '81 mg', 'daily', 'denies', 'chest pain', 'fever'])
  const marks = page.getByRole('region', { name: 'Note with entities' }).getByRole('button')
  expect(await marks.count()).toBe(6)
  expect(await page.getByRole('button', { name: 'chest pain Symptom_Name' }).count()).toBe(1)
  expect(await page.locator('#status').textContent()).toBe('6 entities')
  expect(await page.locator('#model').textContent()).toBe('fake 1.0.0')
  expect(await page.locator('#timing').textContent()).toMatch(
    /^round trip [\d.,]+ msqueue 1\.0 mspipeline 1\.0 msinference 1\.0 msdecoding 1\.0 ms$/
  )
})

browserTest('the service is sent what the page shows, whatever the characters and line breaks', async () => {
  const recognizer = fakeRecognizer({ answer: ({ text }) => findWords(text) })
  const playground = await openPlayground({ recognizer })
  await playground.page.getByRole('textbox', { name: 'Note' }).fill('')
  // As a paste does it: a text area turns every line break into \n.
  await write(playground, '\u{1F600}\u{1F468}\u200D\u{1F469} aspirin\n\n\t<fever>\u2028 81 mg\u00a0daily\n')
  expect(recognizer.seen.at(-1)?.text).toBe(await playground.page.locator('#highlights').textContent())
  expect(await highlights(playground.page)).toEqual(['aspirin', 'fever', '81 mg', 'daily'])
})

browserTest(
  'the pointer on an entity shows its label, confidence and offsets; a click keeps them',
  async () => {
    const playground = await openPlayground()
    await write(playground, note)
    const { page } = playground
    const card = page.getByRole('tooltip')
    expect(await card.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'chest pain Symptom_Name' }).hover()
    await eventually(() => visibleText(card)).toBe(
      'Symptom_Name Problems chest pain Confidence 0.600 Offsets 38 to 48'
    )
    expect(note.slice(38, 48)).toBe('chest pain')
    // it can be reached by the pointer without closing
    await card.hover()
    await page.mouse.move(5, 5)
    await eventually(() => card.isVisible()).toBe(false)

    const fever = page.getByRole('button', { name: 'fever Symptom_Name' })
    await fever.click()
    expect(await fever.getAttribute('aria-pressed')).toBe('true')
    await page.getByRole('button', { name: 'aspirin Drug_Name' }).hover()
    await page.mouse.move(5, 5)
    expect(await visibleText(card)).toContain('fever')
    await page.keyboard.press('Escape')
    expect(await card.isVisible()).toBe(false)
    expect(await fever.getAttribute('aria-pressed')).toBe('false')
  }
)

browserTest('a sample is shown at once, and another one when it is chosen', async () => {
  const { page } = await openPlayground()
  await eventually(() => page.locator('#highlights').textContent()).toBe(samples[0].text)
  const choice = page.getByRole('combobox', { name: 'Sample note' })
  await choice.selectOption(samples[4].name)
  await eventually(() => page.locator('#highlights').textContent()).toBe(samples[4].text)
  await page.getByRole('textbox', { name: 'Note' }).press('a')
  expect(await choice.inputValue()).toBe('')
  await page.getByRole('button', { name: 'Clear' }).click()
  await eventually(() => page.locator('#status').textContent()).toBe('Paste a note, or choose a sample.')
  expect(await highlights(page)).toEqual([])
})

browserTest(
  'the last request wins, and the service learns that nobody waits for the one before',
  async () => {
    let open = (): void => {}
    const gate = new Promise<void>(resolve => {
      open = resolve
    })
    const recognizer = fakeRecognizer({
      async answer({ text }) {
        if (text.startsWith('old')) await gate
        return findWords(text)
      }
    })
    const playground = await openPlayground({ recognizer })
    const { page } = playground
    await page.getByRole('textbox', { name: 'Note' }).fill('old aspirin')
    await eventually(() => recognizer.seen.at(-1)?.text).toBe('old aspirin')
    const signal = recognizer.signals.at(-1)
    await write(playground, 'new fever')
    await eventually(() => signal?.aborted).toBe(true)
    open()
    await write(playground, 'newest fever')
    expect(await highlights(page)).toEqual(['fever'])
  }
)

browserTest('a text that was read in parts says so', async () => {
  const recognizer = fakeRecognizer({
    answer: () => ({ analyzed: { entities: [], cutSentences: [{ start: 0, end: 5 }] } })
  })
  const { page } = await openPlayground({ recognizer })
  await eventually(() => visibleText(page.locator('#warning'))).toContain('Nothing was left out.')
  expect(await page.locator('#status').textContent()).toBe('0 entities')
})
