import { expect, test } from 'vitest'
import { alternate } from '../../bench/alternate.ts'

test('two sides take turns, and which is first changes with each pair', async () => {
  const order: string[] = []
  const shown: string[] = []
  const side = (name: string) => async (pair: number) => {
    order.push(`${name}${pair}`)
    return order.length
  }
  const samples = await alternate(
    { progress: text => void shown.push(text) },
    3,
    side('first'),
    side('second')
  )
  expect(order).toEqual(['first0', 'second0', 'second1', 'first1', 'first2', 'second2'])
  expect(samples).toEqual([
    [1, 4, 5],
    [2, 3, 6]
  ])
  expect(shown).toEqual(['sample 1 of 3', 'sample 2 of 3', 'sample 3 of 3'])
})
