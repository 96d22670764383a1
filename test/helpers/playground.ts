import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import type { Config } from '../../src/config.ts'
import type { Recognizer } from '../../src/recognition/recognizer.ts'
import { testApp } from './build-app.ts'
import { chromiumPath } from './chromium.ts'
import { fakeRecognizer } from './fake-recognizer.ts'
import { findWords } from './words-recognizer.ts'

/** A test that is skipped where there is no Chromium. */
export const browserTest = test.skipIf(!chromiumPath)

/** Longest wait for the page to show something. */
const patience = { timeout: 20_000 }

interface Options {
  readonly recognizer?: Recognizer
  readonly config?: Partial<Config>
  readonly browser?: BrowserContextOptions
  /** prepares the page before it is opened */
  readonly before?: (page: Page) => Promise<unknown>
  /** what the test provokes: messages of the console that are none of its faults */
  readonly provoked?: RegExp
}

export interface Playground {
  readonly page: Page
  readonly origin: string
  /** addresses of everything the page has asked for */
  readonly requested: readonly string[]
  /** what the service has logged, a line each */
  readonly logged: readonly string[]
}

let browser: Promise<Browser> | undefined

afterAll(async () => {
  await (await browser)?.close()
  browser = undefined
})

/**
 * The page in a browser, served by the app with a fake recognizer that knows some words. When the test ends, it fails
 * if the page asked another origin for anything, violated its content security policy, or had an error.
 */
export async function openPlayground({
  recognizer = fakeRecognizer({ answer: ({ text }) => findWords(text) }),
  config,
  browser: context,
  before,
  provoked
}: Options = {}): Promise<Playground> {
  const { app, lines } = await testApp({ recognizer, ...(config && { config }) })
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  browser ??= chromium.launch({ executablePath: chromiumPath! })
  const page = await (await browser).newPage({ viewport: { width: 1280, height: 800 }, ...context })
  page.setDefaultTimeout(patience.timeout)
  const requested: string[] = []
  const faults: string[] = []
  page.on('request', request => requested.push(request.url()))
  page.on('pageerror', error => faults.push(String(error)))
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type()) && !provoked?.test(message.text())) {
      faults.push(message.text())
    }
  })
  onTestFinished(async () => {
    await page.context().close()
    expect(faults).toEqual([])
    expect(requested.filter(url => !url.startsWith(`${origin}/`) && !url.startsWith('blob:'))).toEqual([])
  })
  await before?.(page)
  await page.goto(origin)
  return { page, origin, requested, logged: lines }
}

/** Pastes a note into the page, in place of what is there, and waits until it is shown with its entities. */
export async function write({ page }: Playground, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Note' }).evaluate((node, value) => {
    const field = node as unknown as { value: string } & EventTarget
    field.value = value
    field.dispatchEvent(new Event('input'))
  }, text)
  await eventually(async () => (await page.locator('#highlights').textContent()) === text).toBe(true)
}

/** The text of an element as it is to be seen, on one line. */
export async function visibleText(locator: Locator): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: what the style hides or parts is the point
  return (await locator.innerText()).replaceAll(/\s+/g, ' ').trim()
}

/** The texts of the highlights. */
export function highlights(page: Page): Promise<string[]> {
  return page.locator('.entity').allTextContents()
}

/** Expects of a value what will be so in a moment. */
export function eventually<Value>(read: () => Value | Promise<Value>) {
  return expect.poll(read, patience)
}
