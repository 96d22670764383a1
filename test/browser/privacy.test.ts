import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { fakeRecognizer } from '../helpers/fake-recognizer.ts'
import { browserTest, eventually, openPlayground, visibleText, write } from '../helpers/playground.ts'

const attacks = [
  '<img src=x onerror="document.title=\'stolen\'">',
  '<script>document.title="stolen"</script>',
  '</textarea></span><svg onload=document.title="stolen">',
  '"><iframe srcdoc="<script>parent.document.title=1</script>">',
  '<a href="javascript:document.title=1">aspirin</a>',
  '<style>*{display:none}</style>',
  `{{constructor.constructor("document.title=1")()}} \${document.title=1}`,
  '&lt;b&gt; &amp; &#x3C;'
]

/** Elements of the page by name; markup of a note that came to life would add some. */
function census(page: Page): Promise<unknown> {
  return page.evaluate(
    "['a', 'b', 'form', 'iframe', 'img', 'link', 'script', 'style', 'svg', 'textarea'].map(name => document.querySelectorAll(name).length).join()"
  )
}

browserTest(
  'markup in a note stays text: in the note, the card, the table, the code and the downloads',
  async () => {
    const note = attacks.join('\n')
    // Every attack is an entity, so that each is shown wherever an entity is.
    const recognizer = fakeRecognizer({
      answer: ({ text }) => ({
        analyzed: {
          entities: attacks
            .map(attack => ({ start: text.indexOf(attack), length: attack.length }))
            .filter(({ start }) => start >= 0)
            .map(({ start, length }) => ({
              start,
              end: start + length,
              label: 'Drug_Name',
              confidence: 0.9
            })),
          cutSentences: []
        }
      })
    })
    const playground = await openPlayground({ recognizer })
    const { page } = playground
    await write(playground, 'plain')
    const before = await census(page)
    await write(playground, note)
    for (const [index, attack] of attacks.entries()) {
      await page.locator('.entity').nth(index).focus()
      expect(await page.locator('.card-text').textContent()).toBe(attack)
    }
    await page.getByRole('tab', { name: 'Table' }).click()
    expect(await page.locator('#rows td:first-child').allTextContents()).toEqual(attacks)
    await page.getByRole('tab', { name: 'Request' }).click()
    for (const language of ['curl', 'JavaScript', 'Python']) {
      await page.getByRole('tab', { name: language }).click()
      expect(await page.locator('#snippet').textContent()).toContain('onerror=')
    }
    expect(await census(page)).toBe(before)
    expect(await page.title()).toBe('ner-jsl playground')
  }
)

browserTest('a label or a message of the service is text, too', async () => {
  const label = '<img src=x onerror=document.title=1>'
  const playground = await openPlayground({
    provoked: /^Failed to load resource: /,
    before: page =>
      page.route('**/ner', (route, request) => {
        const { text } = request.postDataJSON()
        if (text === 'bad')
          return route.fulfill({ status: 422, json: { title: label, detail: label, code: label } })
        const entities = [{ start: 0, end: 1, text: text[0], label, confidence: 0.5 }]
        return route.fulfill({ json: { model: { name: label, version: label, sha256: '' }, entities } })
      })
  })
  const { page } = playground
  await write(playground, 'good')
  const before = await census(page)
  await page.locator('.entity').focus()
  expect(await page.locator('#card .tag').textContent()).toBe(label)
  expect(await page.locator('#legend .tag').textContent()).toBe(label)
  await page.getByRole('textbox', { name: 'Note' }).fill('bad')
  await eventually(() => visibleText(page.getByRole('alert'))).toContain(label)
  expect(await census(page)).toBe(before)
})

browserTest('the policy refuses what a mistake of ours could let in', async () => {
  const { page } = await openPlayground({ provoked: /content security policy|TrustedHTML/i })
  await expect(page.evaluate("document.body.innerHTML = '<b>'")).rejects.toThrow('TrustedHTML')
  await expect(
    page.evaluate("trustedTypes.createPolicy('any', { createHTML: html => html })")
  ).rejects.toThrow()
  await expect(page.evaluate("fetch('https://example.com/')")).rejects.toThrow('Failed to fetch')
  const inline = `(() => {
    const style = document.createElement('style')
    style.append('body { color: rgb(1, 2, 3) }')
    document.head.append(style)
    return getComputedStyle(document.body).color
  })()`
  expect(await page.evaluate(inline)).not.toBe('rgb(1, 2, 3)')
})

browserTest('a note leaves the page in the body of POST /ner alone, and stays nowhere', async () => {
  const playground = await openPlayground()
  const { page, origin, requested, logged } = playground
  await write(playground, 'Zebulon takes aspirin daily')
  await page.getByRole('checkbox', { name: 'Drug_Name' }).uncheck()
  for (const view of ['Table', 'Request', 'Text']) await page.getByRole('tab', { name: view }).click()
  await page.getByRole('button', { name: 'Dark' }).click()
  expect(page.url()).toBe(`${origin}/`)
  expect(requested.filter(url => /zebulon|aspirin/i.test(decodeURIComponent(url)))).toEqual([])
  expect(requested.every(url => !url.includes('?'))).toBe(true)
  expect(logged.filter(line => /zebulon|aspirin/i.test(line))).toEqual([])
  expect(await page.context().cookies()).toEqual([])
  const stored = `(async () => [
    document.cookie, localStorage.length, sessionStorage.length, history.state,
    (await indexedDB.databases()).length, (await caches.keys()).length,
    (await navigator.serviceWorker.getRegistrations()).length
  ])()`
  expect(await page.evaluate(stored)).toEqual(['', 0, 0, null, 0, 0, 0])
  await page.reload()
  expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).not.toContain('Zebulon')
})

browserTest('nothing reads along: no spelling service, writing aid or translator', async () => {
  const { page } = await openPlayground()
  const field = page.getByRole('textbox', { name: 'Note' })
  const attributes = [
    'spellcheck',
    'autocorrect',
    'autocomplete',
    'writingsuggestions',
    'translate',
    'data-gramm'
  ]
  const values = await Promise.all(attributes.map(name => field.getAttribute(name)))
  expect(values).toEqual(['false', 'off', 'off', 'false', 'no', 'false'])
})
