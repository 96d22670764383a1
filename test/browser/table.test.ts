import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { browserTest, openPlayground, visibleText, write } from '../helpers/playground.ts'

const note = 'aspirin 81 mg daily; denies chest pain, fever'

async function texts(page: Page): Promise<string[]> {
  return page.locator('#rows tr td:first-child').allTextContents()
}

/** What a button makes the browser save. */
async function download(page: Page, button: string): Promise<{ name: string; content: string }> {
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click()
  ])
  return { name: saved.suggestedFilename(), content: await readFile(await saved.path(), 'utf8') }
}

browserTest('the table sorts by each column, up and down, and says which', async () => {
  const playground = await openPlayground()
  await write(playground, note)
  const { page } = playground
  await page.getByRole('tab', { name: 'Table' }).click()
  expect(await texts(page)).toEqual(['aspirin', '81 mg', 'daily', 'denies', 'chest pain', 'fever'])
  expect((await visibleText(page.locator('#rows tr').first())).split(' ')).toEqual([
    'aspirin',
    'Drug_Name',
    '0.950',
    '0',
    '7'
  ])
  const heading = page.getByRole('columnheader', { name: 'Confidence' })
  const button = heading.getByRole('button')
  await button.click()
  expect(await texts(page)).toEqual(['fever', 'chest pain', 'daily', '81 mg', 'aspirin', 'denies'])
  expect(await heading.getAttribute('aria-sort')).toBe('ascending')
  await button.click()
  expect((await texts(page))[0]).toBe('denies')
  expect(await heading.getAttribute('aria-sort')).toBe('descending')
  expect(await page.locator('[aria-sort]').count()).toBe(1)
  await page.getByRole('button', { name: 'Text' }).first().click()
  expect((await texts(page))[0]).toBe('81 mg')
})

browserTest('the table obeys the filters, and leads from a row to its place in the note', async () => {
  const playground = await openPlayground()
  await write(playground, note)
  const { page } = playground
  await page.getByRole('tab', { name: 'Table' }).click()
  await page.getByRole('checkbox', { name: 'Medication' }).uncheck()
  expect(await texts(page)).toEqual(['denies', 'chest pain', 'fever'])
  await page.getByRole('button', { name: 'chest pain' }).click()
  expect(await page.getByRole('tab', { name: 'Text' }).getAttribute('aria-selected')).toBe('true')
  expect(await page.locator('.entity:focus').textContent()).toBe('chest pain')
  expect(await visibleText(page.getByRole('tooltip'))).toContain('28 to 38')
})

browserTest('many entities come in pages', async () => {
  const playground = await openPlayground()
  await write(playground, 'fever '.repeat(250))
  const { page } = playground
  await page.getByRole('tab', { name: 'Table' }).click()
  const [previous, next] = ['Previous', 'Next'].map(name => page.getByRole('button', { name }))
  const position = page.locator('#position')
  expect(await position.textContent()).toBe('1 to 100 of 250')
  expect(await previous.isDisabled()).toBe(true)
  await next.click()
  await next.click()
  expect(await position.textContent()).toBe('201 to 250 of 250')
  expect((await texts(page)).length).toBe(50)
  expect(await next.isDisabled()).toBe(true)
  await previous.click()
  expect(await position.textContent()).toBe('101 to 200 of 250')
})

browserTest('the downloads are what the filters leave, in the order of the note', async () => {
  const playground = await openPlayground()
  await write(playground, note)
  const { page } = playground
  await page.getByRole('tab', { name: 'Table' }).click()
  await page.getByRole('slider').fill('85')
  await page.getByRole('columnheader', { name: 'Text' }).getByRole('button').click()
  expect(await download(page, 'Download CSV')).toEqual({
    name: 'entities.csv',
    content:
      '\uFEFFstart,end,label,confidence,text\r\n0,7,Drug_Name,0.95,aspirin\r\n8,13,Dosage,0.9,81 mg\r\n21,27,Negated,0.99,denies\r\n'
  })
  const { name, content } = await download(page, 'Download JSON')
  expect(name).toBe('entities.json')
  expect(JSON.parse(content)).toEqual({
    model: { name: 'fake', version: '1.0.0', sha256: 'f'.repeat(64) },
    entities: [
      { start: 0, end: 7, text: 'aspirin', label: 'Drug_Name', confidence: 0.95 },
      { start: 8, end: 13, text: '81 mg', label: 'Dosage', confidence: 0.9 },
      { start: 21, end: 27, text: 'denies', label: 'Negated', confidence: 0.99 }
    ]
  })
  await page.getByRole('slider').fill('100')
  expect(await page.getByRole('button', { name: 'Download CSV' }).isDisabled()).toBe(true)
})
