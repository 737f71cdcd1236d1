import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PROFILE_IDS } from '../model/scenario.ts'
import type { Scenario } from '../model/scenario.ts'
import { encodeBase64url } from './base64url.ts'
import { LINK_BYTES_MAX, decodeScenario, encodeScenario } from './codec.ts'
import { crc32 } from './crc32.ts'
import { dictionaryText } from './dictionary.ts'

const policy = (name: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${name}
  namespace: shop
spec:
  podSelector:
    matchLabels:
      app: ${name}
  policyTypes:
    - Ingress
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: shop
          podSelector:
            matchLabels:
              app: checkout
      ports:
        - protocol: TCP
          port: 8443
`
const scenarioOf = (text: string): Scenario => ({
  name: '',
  profile: 'head',
  files: [{ name: 'policies.yaml', text }],
})
const scenarios: fc.Arbitrary<Scenario> = fc.record({
  name: fc.string({ unit: 'grapheme' }),
  profile: fc.constantFrom(...PROFILE_IDS),
  files: fc.uniqueArray(
    fc.record({
      name: fc.oneof(
        fc.constantFrom('policies.yaml', '__proto__', 'constructor', ''),
        fc.string({ unit: 'binary' }),
      ),
      text: fc.oneof(
        fc.string({ unit: 'binary' }),
        fc
          .array(fc.constantFrom(policy('web'), '---\n', '\ufeff', '\r\n'), { maxLength: 9 })
          .map(s => s.join('')),
      ),
    }),
    { selector: file => file.name, maxLength: 5 },
  ),
})

/** A v1 link around any bytes, by an independent compressor, so that ill-made links can be tried. */
function link(document: string | Uint8Array, change: { id?: number; flags?: number; length?: number } = {}) {
  const bytes = typeof document === 'string' ? new TextEncoder().encode(document) : document
  const length = change.length ?? bytes.length
  const varint = []
  let rest = length
  for (; rest > 127; rest >>>= 7) varint.push((rest & 127) | 128)
  const checksum = new Uint8Array(4)
  new DataView(checksum.buffer).setUint32(0, crc32(bytes))
  const packed = deflateRawSync(bytes, { dictionary: new TextEncoder().encode(dictionaryText(1)) })
  return `v1=${encodeBase64url(Uint8Array.from([change.id ?? 1, change.flags ?? 0, ...varint, rest, ...checksum, ...packed]))}`
}
const codeOf = (fragment: string) => {
  const result = decodeScenario(fragment)
  return result.ok ? 'ok' : result.error.code
}

describe('round trip', () => {
  test('every scenario comes back as it was', () => {
    fc.assert(
      fc.property(scenarios, scenario => {
        const fragment = encodeScenario(scenario)
        expect(fragment).toMatch(/^v1=[A-Za-z0-9_-]+$/)
        expect(decodeScenario(fragment)).toEqual({ ok: true, value: scenario })
        expect(encodeScenario(scenario)).toBe(fragment)
      }),
    )
  })

  test('the view comes along, and one that cannot be read takes nothing else away', () => {
    const scenario = scenarioOf('kind: Pod')
    const view = { flow: { filter: { text: 'app=web' } }, __proto__x: [1, null] }
    const fragment = encodeScenario({ ...scenario, view })
    expect(decodeScenario(fragment)).toEqual({ ok: true, value: { ...scenario, view } })
    expect(encodeScenario({ ...scenario, view: {} })).toBe(encodeScenario(scenario))
    for (const unreadable of ['7', '"x"', 'null', '[[]]'])
      expect(decodeScenario(link(`{"view":${unreadable}}\nkind: Pod`))).toMatchObject({ ok: true })
  })

  test('a lone surrogate, which no UTF-8 can hold, becomes U+FFFD and moves no other file', () => {
    const files = [
      { name: 'a', text: 'x\ud800y' },
      { name: 'b', text: 'z' },
    ]
    const back = decodeScenario(encodeScenario({ ...scenarioOf(''), files }))
    expect(back.ok && back.value.files.map(file => file.text)).toEqual(['x\ufffdy', 'z'])
  })

  test('an independent compressor makes a link that opens', () => {
    expect(decodeScenario(link('{"later":{"field":1}}\nkind: Pod'))).toEqual({
      ok: true,
      value: scenarioOf('kind: Pod'),
    })
  })
})

describe('sizes', () => {
  test('an ordinary policy fits in 150 characters', () => {
    expect(encodeScenario(scenarioOf(policy('payments'))).length).toBeLessThanOrEqual(150)
  })

  test('the 24 real policies together fit in 1,600 characters', () => {
    const folder = join(import.meta.dirname, '../testing/vectors/real/policies')
    const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.yaml'))
      .sort()
      .map(name => readFileSync(join(folder, name), 'utf8'))
    expect(texts.length).toBe(24)
    expect(texts.join('').length).toBeGreaterThan(8000)
    expect(encodeScenario(scenarioOf(texts.join('---\n'))).length).toBeLessThanOrEqual(1600)
  })
})

describe('what programs do to links', () => {
  const scenario = { ...scenarioOf(policy('web')), name: 'Shop, first floor' }
  const fragment = encodeScenario(scenario)
  test.each([
    ['a leading #', `#${fragment}`],
    ['a whole address', `https://example.org/team/x/?a=1#${fragment}`],
    ['percent-encoded', encodeURIComponent(`#${fragment}`)],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(`#${fragment}`))],
    ['every character percent-encoded', fragment.replace(/./g, c => `%${c.charCodeAt(0).toString(16)}`)],
    ['a full stop after it', `${fragment}.`],
    ['closing brackets after it', `${fragment}>)`],
    ['an encoded quote after it', `${fragment}%22`],
    ['padding', `${fragment}==`],
    ['wrapped lines', fragment.replace(/(.{40})/g, '$1\r\n ')],
    ['more parameters', `s=1&${fragment}&view=embed`],
    ['a per cent sign that encodes nothing', `${fragment}%`],
    ['letters after its end', `${fragment}andmore`],
  ])('%s', (_, changed) => {
    expect(decodeScenario(changed)).toEqual({ ok: true, value: scenario })
  })
})

describe('links that cannot be opened', () => {
  const fragment = encodeScenario(scenarioOf([policy('web'), policy('api')].join('---\n')))

  test('cut anywhere, a link says so', () => {
    for (let end = 'v1='.length; end < fragment.length - 1; end++)
      expect(codeOf(fragment.slice(0, end)), `${end}`).toMatch(/^(truncated|altered)$/)
    expect(codeOf(fragment.slice(0, 60))).toBe('truncated')
  })

  test('with any one bit changed, a link says so or says the same', () => {
    const data = Buffer.from(fragment.slice(3), 'base64url')
    for (let bit = 0; bit < data.length * 8; bit++) {
      const changed = Buffer.from(data)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const back = decodeScenario(`v1=${changed.toString('base64url')}`)
      if (back.ok) expect(back).toEqual(decodeScenario(fragment))
      else expect(back.error.code).toMatch(/^(altered|truncated|newer-version|too-large)$/)
    }
  })

  test('garbage never throws', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'ABCDxyz019-_%#&=') })
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), digits), text => {
        expect(codeOf(text)).not.toBe('')
        expect(codeOf(`v1=${text}`)).not.toBe('ok')
        expect(codeOf(`v1=AQ${text}`)).not.toBe('ok')
      }),
    )
  })

  test.each([
    ['', 'not-a-link'],
    ['#', 'not-a-link'],
    ['#section', 'not-a-link'],
    ['v1', 'not-a-link'],
    ['v0=AQA', 'not-a-link'],
    ['%', 'not-a-link'],
    ['v1=', 'truncated'],
    ['v1=AQAB', 'truncated'],
    ['v2=AQA', 'newer-version'],
    ['v999=', 'newer-version'],
    [link('{}\n', { id: 2 }), 'newer-version'],
    [link('{}\n', { flags: 1 }), 'newer-version'],
    [link(policy('web'), { id: 200, flags: 1 }), 'newer-version'],
    [link(policy('web'), { id: 2 }).slice(0, 40), 'truncated'],
    ['v1=garbage', 'altered'],
    ['v1=garbage-garbage-garbage-garbage-garbage', 'truncated'],
    [`v1=${'_'.repeat(90)}`, 'altered'],
    ['v1=hello', 'altered'],
    [link('{"profile":"v9"}\n'), 'newer-version'],
    [link('{}\nx', { length: 3 }), 'altered'],
    [link('{}\nx', { length: 9 }), 'truncated'],
    [link('{}\nx', { length: LINK_BYTES_MAX + 1 }), 'too-large'],
    [`v1=AQD_____${'_'.repeat(40)}`, 'too-large'],
    [link(''), 'invalid'],
    [link('{}'), 'invalid'],
    [link('7\n'), 'invalid'],
    [link('null\n'), 'invalid'],
    [link('{"name":7}\n'), 'invalid'],
    [link(`${'['.repeat(20_000)}\n`), 'invalid'],
    [link('{"files":[]}\nx'), 'invalid'],
    [link('{"files":[{"name":"a","length":9},{"name":"b"}]}\nx'), 'invalid'],
    [link('{"files":[{"name":"a","length":-1},{"name":"b"}]}\nx'), 'invalid'],
    [link('{"files":[{"name":"a","length":0},{"name":"a"}]}\nx'), 'invalid'],
  ])('%s', (fragmentOfRow, code) => {
    expect(codeOf(fragmentOfRow)).toBe(code)
  })

  test('a bomb stops at the declared length', () => {
    const zeros = new Uint8Array(16 * 1024 * 1024)
    expect(codeOf(link(zeros, { length: 1000 }))).toBe('altered')
    expect(codeOf(link(zeros, { length: LINK_BYTES_MAX }))).toBe('altered')
  })

  test('what is too large for a link gets none', () => {
    expect(encodeScenario(scenarioOf('x'.repeat(LINK_BYTES_MAX)))).toBe('')
    const largest = scenarioOf('x'.repeat(LINK_BYTES_MAX - 3))
    expect(decodeScenario(encodeScenario(largest))).toEqual({ ok: true, value: largest })
  })
})

test('crc32 is the usual one', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
})

/** `e2e/links/` holds a link of every released format beside what it says. A released file is never changed. */
describe('released links open for ever', () => {
  const folder = join(import.meta.dirname, '../../e2e/links')
  const names = readdirSync(folder)
    .filter(name => name.endsWith('.link'))
    .sort()
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')

  test('there are some', () => expect(names.length).toBeGreaterThan(1))

  test.each(names)('%s', name => {
    const said = JSON.parse(read(name.replace(/link$/, 'json'))) as unknown
    expect(decodeScenario(read(name))).toEqual({ ok: true, value: said })
  })

  test.each(names.filter(name => name.startsWith('v1-')))('%s is written today with the same bytes', name => {
    const result = decodeScenario(read(name))
    expect(result.ok && encodeScenario(result.value)).toBe(read(name).trim())
  })

  test('the dictionary of released links is unchanged', () => {
    expect(crc32(new TextEncoder().encode(dictionaryText(1)))).toBe(2045576482)
  })
})
