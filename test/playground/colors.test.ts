import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { families } from '../../src/playground/families.ts'

const css = readFileSync(new URL('../../src/playground/colors.css', import.meta.url), 'utf8')
const colors = new Map(
  Array.from(
    css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g),
    ([, name, light, dark]) => [name, { light, dark }] as const
  )
)

/** WCAG 2.2: relative luminance of an sRGB color, and the contrast of two. */
function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map(at => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

const ids = [...families.map(({ id }) => id), 'other']

test('every family has its colors', () => {
  const ruled = Array.from(
    css.matchAll(/\[data-family="(\w+)"\] \{\s+--fill: var\(--(\w+)-fill\);\s+--ink: var\(--(\w+)-ink\);/g)
  )
  expect(ruled.map(([, ...names]) => names)).toEqual(ids.map(id => [id, id, id]))
})

describe.each(['light', 'dark'] as const)('%s', theme => {
  const color = (name: string): string => {
    const pair = colors.get(name)
    if (!pair) throw new Error(`There is no color ${name}.`)
    return pair[theme]
  }

  test.each(ids)('text and the label of a %s are read on their highlight and beside it', id => {
    expect(contrast(color('text'), color(`${id}-fill`))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(color(`${id}-ink`), color(`${id}-fill`))).toBeGreaterThanOrEqual(4.5)
    // the box of the legend, and the edge of a highlight that has the pointer
    expect(contrast(color(`${id}-ink`), color('surface'))).toBeGreaterThanOrEqual(3)
  })

  test.each([
    ['text', 'page', 4.5],
    ['text', 'surface', 4.5],
    ['text', 'raised', 4.5],
    ['text', 'notice-fill', 4.5],
    ['quiet', 'page', 4.5],
    ['quiet', 'surface', 4.5],
    ['quiet', 'raised', 4.5],
    ['accent', 'page', 4.5],
    ['on-accent', 'accent', 4.5],
    ['alert-ink', 'alert-fill', 4.5],
    ['control', 'surface', 3],
    ['control', 'page', 3],
    ['accent', 'surface', 3]
  ] as const)('%s on %s', (front, back, least) => {
    expect(contrast(color(front), color(back))).toBeGreaterThanOrEqual(least)
  })
})
