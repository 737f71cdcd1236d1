import { expect, test } from 'vitest'
import { capitalised } from './capitalised.ts'

test.each([
  ['leaving shop/web: isolated', 'Leaving shop/web: isolated'],
  ['drop', 'Drop'],
  ['no, nobody', 'No, nobody'],
  ['shop/web isolates it', 'shop/web isolates it'],
  ['spec.ingress[0] does not match', 'spec.ingress[0] does not match'],
  ['from[1]: 10.0.0.1 is not in it', 'from[1]: 10.0.0.1 is not in it'],
  ['`tier` is `web`', '`tier` is `web`'],
  ['azure-npm judges it', 'azure-npm judges it'],
  ['', ''],
])('%j begins as %j', (text, begun) => {
  expect(capitalised(text)).toBe(begun)
})
