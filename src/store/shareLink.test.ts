import { expect, test } from 'vitest'
import { decodeScenario } from '../permalink/codec.ts'
import { scenarioFixture } from '../testing/analysisFixture.ts'
import { joinFiles, markdownLink, shareAddress } from './shareLink.ts'

test('an address replaces the fragment and keeps page and query', () => {
  const scenario = scenarioFixture('kind: x')
  const address = shareAddress('https://host/sub/?a=1#v1=old', scenario) ?? ''
  expect(address.startsWith('https://host/sub/?a=1#v1=')).toBe(true)
  expect(decodeScenario(address)).toEqual({ ok: true, value: scenario })
})

test('a scenario of over 2 MiB has no address', () => {
  expect(shareAddress('https://host/', scenarioFixture('x'.repeat(2 * 1024 * 1024)))).toBeUndefined()
})

test('a name cannot break out of a Markdown link', () => {
  expect(markdownLink('a](http://evil) <b>\n*x*', 'https://host/#v1=z')).toBe(
    '[a\\](http://evil) \\<b\\> \\*x\\*](https://host/#v1=z)',
  )
})

test('files are joined into one stream with their names, empty ones left out', () => {
  const files = [
    { name: 'a.yaml', text: 'kind: A' },
    { name: 'empty.yaml', text: '\n' },
    { name: 'b.yaml', text: 'kind: B\n' },
  ]
  expect(joinFiles(scenarioFixture('', { files }))).toBe('# a.yaml\nkind: A\n---\n# b.yaml\nkind: B\n')
  expect(joinFiles(scenarioFixture('kind: A'))).toBe('kind: A\n')
})
