import { describe, expect } from 'vitest'
import { samples } from '../../src/playground/samples.ts'
import { createInProcessRecognizer } from '../../src/recognition/in-process.ts'
import { modelFolder } from '../helpers/model-folder.ts'
import { browserTest, eventually, openPlayground } from '../helpers/playground.ts'

describe.each(samples)('$name', ({ name, text }) => {
  browserTest('the model finds much in it, and what is highlighted is what it found', async () => {
    const recognizer = await createInProcessRecognizer(modelFolder)
    const { page } = await openPlayground({ recognizer })
    await page.getByRole('combobox', { name: 'Sample note' }).selectOption(name)
    await eventually(() => page.locator('#highlights').textContent()).toBe(text)
    const { outcomes } = await recognizer.recognize([{ text }])
    const [outcome] = outcomes
    if ('error' in outcome) throw outcome.error
    const { entities } = outcome.analyzed
    expect(entities.length).toBeGreaterThan(30)
    expect(await page.locator('.entity').allTextContents()).toEqual(
      entities.map(({ start, end }) => text.slice(start, end))
    )
  })
})
