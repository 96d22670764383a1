import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { browserTest, eventually, openPlayground, write } from '../helpers/playground.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const note = 'aspirin 81 mg daily; denies chest pain, fever'

/** What axe finds against WCAG 2.2 A and AA and its best practices, a line each. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(`${axe}; 0`)
  const { violations } = (await page.evaluate('axe.run(document)')) as AxeResults
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

describe.each(['light', 'dark'] as const)('%s', colorScheme => {
  browserTest.each([
    ['wide', 1280],
    ['a tablet', 900],
    ['a phone', 390]
  ] as const)('axe finds nothing, %s', async (_name, width) => {
    const playground = await openPlayground({ browser: { colorScheme, viewport: { width, height: 800 } } })
    await write(playground, note)
    const { page } = playground
    expect(await violations(page)).toEqual([])
    await page.locator('.entity').first().focus()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('checkbox', { name: 'Dosage' }).uncheck()
    expect(await violations(page)).toEqual([])
    for (const view of ['Table', 'Request']) {
      await page.getByRole('tab', { name: view }).click()
      expect(await violations(page)).toEqual([])
    }
  })

  browserTest('axe finds nothing where there is no answer', async () => {
    let status = 503
    const { page } = await openPlayground({
      browser: { colorScheme },
      provoked: /^Failed to load resource: /,
      before: page =>
        page.route('**/ner', route =>
          route.fulfill({
            status,
            json: { title: 'No', detail: 'Why', code: 'x', requestId: 'y', retryAfter: 60 }
          })
        )
    })
    await eventually(() => page.getByRole('alert').isVisible()).toBe(true)
    expect(await violations(page)).toEqual([])
    status = 401
    await page.getByRole('button', { name: 'Try now' }).click()
    await eventually(() => page.getByRole('textbox', { name: 'API key' }).isVisible()).toBe(true)
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Clear' }).click()
    await eventually(() => page.getByRole('alert').isVisible()).toBe(false)
    expect(await violations(page)).toEqual([])
  })
})

browserTest.each([390, 320])('nothing is wider than a screen of %d pixels', async width => {
  const playground = await openPlayground({ browser: { viewport: { width, height: 800 } } })
  await write(playground, `${note} ${'x'.repeat(300)}`)
  const { page } = playground
  for (const view of ['Table', 'Request', 'Text']) {
    await page.getByRole('tab', { name: view }).click()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
  }
})

/** What has the focus, as a reader would name it. */
function focused(page: Page): Promise<string> {
  return page.evaluate(
    "(e => e.id || e.querySelector('.sort')?.textContent || e.closest('label')?.innerText.replace(/\\s+/g, ' ') || e.getAttribute('aria-label') || e.textContent)(document.activeElement)"
  ) as Promise<string>
}

async function tab(page: Page, times: number): Promise<string[]> {
  const stops: string[] = []
  for (let i = 0; i < times; i++) {
    await page.keyboard.press('Tab')
    stops.push(await focused(page))
  }
  return stops
}

browserTest('the Tab key goes through the page in its order, and one stop covers all entities', async () => {
  const playground = await openPlayground()
  await write(playground, note)
  const { page } = playground
  await page.reload()
  await write(playground, note)
  await page.evaluate('document.activeElement.blur()')
  await page.mouse.click(2, 2)
  expect(await tab(page, 12)).toEqual([
    'Skip to the entities',
    'API docs',
    'OpenAPI',
    'theme',
    'sample',
    'clear',
    'note',
    'tab-note',
    'threshold',
    'highlights',
    'aspirin',
    'show-all'
  ])
  expect(await tab(page, 3)).toEqual(['show-none', 'Problems 2', 'Symptom_Name 2'])
})

browserTest('the arrow keys walk through the entities, and each tells all there is to know', async () => {
  const playground = await openPlayground()
  await write(playground, note)
  const { page } = playground
  await page.getByRole('checkbox', { name: 'Dosage' }).uncheck()
  const card = page.getByRole('tooltip')
  await page.locator('.entity').first().focus()
  const walk = async (...keys: string[]): Promise<string> => {
    for (const key of keys) await page.keyboard.press(key)
    return focused(page)
  }
  expect(await walk('ArrowRight')).toBe('daily')
  expect(await walk('ArrowDown')).toBe('denies')
  expect(await walk('ArrowLeft', 'ArrowUp')).toBe('aspirin')
  expect(await walk('ArrowLeft')).toBe('aspirin')
  expect(await walk('End')).toBe('fever')
  expect(await walk('ArrowRight')).toBe('fever')
  expect(await described(page)).toBe(
    'button "fever Symptom_Name", "Symptom_Name Problems fever Confidence 0.400 Offsets 40 to 45"'
  )
  await page.keyboard.press('Escape')
  expect(await card.isVisible()).toBe(false)
  expect(await walk('Home')).toBe('aspirin')
  await page.keyboard.press('Enter')
  expect(await page.locator('.entity').first().getAttribute('aria-pressed')).toBe('true')
  // Tab leaves and comes back to where it was.
  expect(await walk('End', 'Tab', 'Shift+Tab')).toBe('fever')
  const outline = 'getComputedStyle(document.activeElement).outlineStyle'
  expect(await page.evaluate(outline)).toBe('solid')
})

/** Role, name and description of what has the focus, as the browser gives them to a screen reader. */
async function described(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page)
  const { result } = await session.send('Runtime.evaluate', { expression: 'document.activeElement' })
  const { nodes } = await session.send('Accessibility.getPartialAXTree', {
    objectId: result.objectId!,
    fetchRelatives: false
  })
  const [{ role, name, description }] = nodes
  const plain = (value: unknown): string => JSON.stringify(String(value).replaceAll(/\s+/g, ' '))
  return `${role?.value} ${plain(name?.value)}, ${plain(description?.value)}`
}

browserTest('the tabs obey the arrow keys', async () => {
  const playground = await openPlayground()
  await write(playground, note)
  const { page } = playground
  await page.getByRole('tab', { name: 'Text' }).focus()
  await page.keyboard.press('ArrowRight')
  expect(await focused(page)).toBe('tab-table')
  expect(await page.getByRole('tabpanel', { name: 'Table' }).isVisible()).toBe(true)
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  expect(await page.getByRole('tabpanel', { name: 'Request' }).isVisible()).toBe(true)
  expect(await page.getByRole('tabpanel', { name: 'Text' }).isVisible()).toBe(false)
})

browserTest('the number of entities is announced, and a failure at once', async () => {
  const playground = await openPlayground()
  await write(playground, note)
  const { page } = playground
  const status = page.getByRole('status').first()
  expect(await status.textContent()).toBe('6 entities')
  expect(await page.locator('#failure').getAttribute('role')).toBe('alert')
  await page.getByRole('link', { name: 'Skip to the entities' }).focus()
  await page.keyboard.press('Enter')
  expect(await focused(page)).toBe('results')
})
