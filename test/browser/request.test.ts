import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { browserTest, eventually, openPlayground, type Playground, write } from '../helpers/playground.ts'

const note = "Ms. O'Hara takes aspirin 81 mg daily."

async function openRequest(playground: Playground, text: string): Promise<Page> {
  await write(playground, text)
  await playground.page.getByRole('tab', { name: 'Request' }).click()
  return playground.page
}

browserTest('the request is there in three languages to copy, with the options of the filters', async () => {
  const playground = await openPlayground({ browser: { permissions: ['clipboard-read', 'clipboard-write'] } })
  const page = await openRequest(playground, note)
  await page.getByRole('checkbox', { name: 'Dosage' }).uncheck()
  await page.getByRole('slider').fill('50')
  for (const [language, part] of [
    ['curl', `curl -s ${playground.origin}/ner \\\n`],
    ['JavaScript', `await fetch("${playground.origin}/ner"`],
    ['Python', `requests.post(\n    "${playground.origin}/ner"`]
  ]) {
    await page.getByRole('tab', { name: language }).click()
    await page.getByRole('button', { name: 'Copy' }).click()
    await eventually(() => page.locator('#said').textContent()).toBe('Copied.')
    const copied = await page.evaluate('navigator.clipboard.readText()')
    expect(copied).toBe(
      await page
        .getByRole('tabpanel', { name: language })
        .textContent()
        .then(text => text?.trim())
    )
    expect(copied).toContain(part)
    expect(copied).toContain('"options":{"labels":["Drug_Name","Frequency"],"minConfidence":0.5}')
  }
})

browserTest(
  'without the clipboard of secure pages the code is selected and copied all the same',
  async () => {
    const playground = await openPlayground({
      before: page =>
        page.addInitScript("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    })
    const page = await openRequest(playground, note)
    await page.getByRole('button', { name: 'Copy' }).click()
    await eventually(() => page.locator('#said').textContent()).toBe('Copied.')
    const code = await page.locator('#snippet').textContent()
    expect(await page.evaluate('String(getSelection())')).toBe(code)
    const field = page.getByRole('textbox', { name: 'Note' })
    await field.fill('')
    await field.press('Control+V')
    expect(await field.inputValue()).toBe(code)
  }
)

browserTest('the request of a long note is a file beside the code', async () => {
  const playground = await openPlayground()
  const text = `${note}\n`.repeat(600)
  const page = await openRequest(playground, text)
  expect(await page.locator('#snippet').textContent()).toContain('--data-binary @request.json')
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download request.json' }).click()
  ])
  expect(JSON.parse(await readFile(await saved.path(), 'utf8'))).toEqual({ text })
})
