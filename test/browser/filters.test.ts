import { expect } from 'vitest'
import { fakeRecognizer } from '../helpers/fake-recognizer.ts'
import {
  browserTest,
  eventually,
  highlights,
  openPlayground,
  type Playground,
  visibleText,
  write
} from '../helpers/playground.ts'
import { findWords } from '../helpers/words-recognizer.ts'

const note = 'aspirin 81 mg daily; denies chest pain, fever'

/** The legend as a reader sees it: box, name, count. */
function legend({ page }: Playground): Promise<string[]> {
  return page
    .locator('#legend label')
    .all()
    .then(rows =>
      Promise.all(
        rows.map(
          async row => `${(await row.locator('input').isChecked()) ? 'x' : '-'} ${await visibleText(row)}`
        )
      )
    )
}

browserTest('the legend counts the labels, and its boxes hide and show them', async () => {
  const playground = await openPlayground()
  await write(playground, note)
  const { page } = playground
  expect(await legend(playground)).toEqual([
    'x Problems 2',
    'x Symptom_Name 2',
    'x Medication 3',
    'x Drug_Name 1',
    'x Dosage 1',
    'x Frequency 1',
    'x Qualifiers 1',
    'x Negated 1'
  ])
  await page.getByRole('checkbox', { name: 'Dosage' }).uncheck()
  expect(await highlights(page)).toEqual(['aspirin', 'daily', 'denies', 'chest pain', 'fever'])
  expect(await page.locator('#status').textContent()).toBe('5 of 6 entities')
  expect(await page.locator('#highlights').textContent()).toBe(note)
  const family = page.getByRole('checkbox', { name: 'Medication' })
  expect(await family.evaluate(box => (box as unknown as { indeterminate: boolean }).indeterminate)).toBe(
    true
  )
  await family.check()
  expect((await highlights(page)).length).toBe(6)
  await family.uncheck()
  expect(await highlights(page)).toEqual(['denies', 'chest pain', 'fever'])
  await page.getByRole('button', { name: 'None' }).click()
  expect(await highlights(page)).toEqual([])
  await page.getByRole('button', { name: 'All' }).click()
  expect((await highlights(page)).length).toBe(6)
})

browserTest('a hidden label stays hidden in the next text, and in the legend', async () => {
  const playground = await openPlayground()
  await write(playground, note)
  await playground.page.getByRole('checkbox', { name: 'Symptom_Name' }).uncheck()
  await write(playground, 'fever, aspirin')
  expect(await highlights(playground.page)).toEqual(['aspirin'])
  await write(playground, 'aspirin')
  expect(await legend(playground)).toEqual([
    '- Problems 0',
    '- Symptom_Name 0',
    'x Medication 1',
    'x Drug_Name 1'
  ])
})

browserTest('the slider hides what is less certain, on the page alone', async () => {
  const recognizer = fakeRecognizer({ answer: ({ text }) => findWords(text) })
  const playground = await openPlayground({ recognizer })
  await write(playground, note)
  const asked = recognizer.seen.length
  const { page } = playground
  const slider = page.getByRole('slider', { name: 'Confidence' })
  await slider.fill('60')
  expect(await highlights(page)).toEqual(['aspirin', '81 mg', 'daily', 'denies', 'chest pain'])
  expect(await page.locator('#threshold-value').textContent()).toBe('0.60')
  expect(await slider.getAttribute('aria-valuetext')).toBe('at least 0.60')
  expect(await page.locator('#status').textContent()).toBe('5 of 6 entities')
  expect(await legend(playground)).toContain('x Symptom_Name 1')
  await slider.fill('100')
  expect(await highlights(page)).toEqual([])
  await slider.fill('0')
  expect((await highlights(page)).length).toBe(6)
  expect(recognizer.seen.length).toBe(asked)
})

browserTest(
  'light and dark are the system\u2019s until the reader turns them over, and are not remembered',
  async () => {
    const { page } = await openPlayground({ browser: { colorScheme: 'dark' } })
    const background = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    const dark = await background()
    const button = page.getByRole('button', { name: 'Dark' })
    expect(await button.getAttribute('aria-pressed')).toBe('true')
    await button.click()
    expect(await button.getAttribute('aria-pressed')).toBe('false')
    const light = await background()
    expect(light).not.toBe(dark)
    await page.reload()
    expect(await background()).toBe(dark)
    await page.emulateMedia({ colorScheme: 'light' })
    await eventually(background).toBe(light)
    await eventually(() => button.getAttribute('aria-pressed')).toBe('false')
  }
)
