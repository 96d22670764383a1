import { expect } from 'vitest'
import { ServiceError } from '../../src/errors.ts'
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

/** Chromium notes every answer that is not a success. */
const provoked = /^Failed to load resource: /

browserTest('a text over the limit is refused with the limit, and the next one is answered', async () => {
  const playground = await openPlayground({ config: { NER_MAX_TEXT_LENGTH: 100 }, provoked })
  const { page } = playground
  const alert = page.getByRole('alert')
  await eventually(() => visibleText(alert)).toMatch(
    /^The text is too long \/text has \d+ UTF-16 code units; the limit is 100\. text_too_long · request [\w-]+/
  )
  await write(playground, 'aspirin')
  expect(await alert.isVisible()).toBe(false)
  await page.getByRole('textbox', { name: 'Note' }).fill('x'.repeat(101))
  await eventually(() => alert.isVisible()).toBe(true)
  expect(await visibleText(alert)).toContain('Below is the answer to an earlier text.')
  expect(await highlights(page)).toEqual(['aspirin'])
})

browserTest('an overload says when it will be tried again, and is', async () => {
  let attempts = 0
  const recognizer = fakeRecognizer({
    answer({ text }) {
      if (!text.startsWith('wait')) return findWords(text)
      attempts++
      return attempts < 3 ? { error: new ServiceError('overloaded', { retryAfter: 7 }) } : findWords(text)
    }
  })
  const { page } = await openPlayground({ recognizer, provoked, before: page => page.clock.install() })
  await page.getByRole('textbox', { name: 'Note' }).fill('wait, aspirin')
  const alert = page.getByRole('alert')
  await eventually(async () => {
    await page.clock.runFor(300)
    return alert.isVisible()
  }).toBe(true)
  expect(await visibleText(alert)).toMatch(
    /^The service is at capacity Trying again in 7 s\. Trying again in \d s\. .*overloaded · request/
  )
  await page.clock.runFor(8_000)
  await eventually(() => attempts).toBe(2)
  await page.getByRole('button', { name: 'Try now' }).click()
  await eventually(() => highlights(page)).toEqual(['aspirin'])
  expect(await alert.isVisible()).toBe(false)
  expect(attempts).toBe(3)
})

browserTest('a service that is gone is asked again until it is back', async () => {
  const { page } = await openPlayground({ provoked, before: page => page.clock.install() })
  await page.route('**/ner', route => route.abort('connectionrefused'))
  await page.getByRole('textbox', { name: 'Note' }).fill('aspirin')
  const alert = page.getByRole('alert')
  await eventually(async () => {
    await page.clock.runFor(300)
    return visibleText(alert)
  }).toContain('The service does not answer')
  await page.unroute('**/ner')
  await page.clock.runFor(16_000)
  await eventually(() => highlights(page)).toEqual(['aspirin'])
  expect(await alert.isVisible()).toBe(false)
})

browserTest('a key is asked for, sent with every request from then on, and kept nowhere', async () => {
  const keys: (string | undefined)[] = []
  const playground = await openPlayground({
    provoked,
    before: page =>
      page.route('**/ner', route => {
        const key = route.request().headers().authorization
        keys.push(key)
        if (key === 'Bearer right-key') return route.continue()
        const title = key ? 'The API key is not valid' : 'An API key is needed'
        return route.fulfill({ status: 401, json: { title }, contentType: 'application/problem+json' })
      })
  })
  const { page } = playground
  const field = page.getByRole('textbox', { name: 'API key' })
  await field.fill('wrong-key')
  await field.press('Enter')
  await eventually(() => visibleText(page.getByRole('alert'))).toContain('The API key is not valid')
  expect(await field.inputValue()).toBe('')
  await field.fill('right-key')
  await page.getByRole('button', { name: 'Use key' }).click()
  await eventually(() => page.getByRole('alert').isVisible()).toBe(false)
  await write(playground, 'aspirin')
  expect(new Set(keys)).toEqual(new Set([undefined, 'Bearer wrong-key', 'Bearer right-key']))
  expect(keys.at(-1)).toBe('Bearer right-key')
  await page.getByRole('tab', { name: 'Request' }).click()
  expect(await page.locator('#snippet').textContent()).toContain('Bearer $NER_API_KEY')
  expect(await page.content()).not.toContain('right-key')
  await page.reload()
  await eventually(() => visibleText(page.getByRole('alert'))).toContain('An API key is needed')
})
