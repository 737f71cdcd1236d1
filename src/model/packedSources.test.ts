import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ResourceSource } from './origin.ts'
import { keyOfSource, packSources, sourceAt, sourceNumberAt, sourceNumbers } from './packedSources.ts'

const FORMS = [['a', "labels['x']", 'b[0].c'], [], ['a']] as const
const anySource: fc.Arbitrary<ResourceSource> = fc
  .record({
    file: fc.constantFrom('a.yaml', 'b.yaml'),
    start: fc.nat(30),
    length: fc.nat(99),
    form: fc.nat(2),
  })
  .chain(({ file, start, length, form }) => {
    const paths = FORMS[form] ?? []
    return fc
      .array(fc.nat(99), { minLength: 2 * paths.length, maxLength: 2 * paths.length })
      .map(places => ({ file, range: { start, end: start + length }, paths, places }))
  })
// Names as hostile as any: empty, one inside the other, a prototype's.
const anySources = fc.dictionary(
  fc.constantFrom('', '__proto__', 'Pod/a/b', 'Pod/a', 'a/b', 'é\n'),
  anySource,
)

test('every resource is found again by key and by number', () => {
  fc.assert(
    fc.property(anySources, sources => {
      const packed = packSources(sources)
      const numbers = sourceNumbers(packed)
      expect(numbers.size).toBe(Object.keys(sources).length)
      for (const [key, source] of Object.entries(sources)) {
        const number = numbers.get(key) ?? -1
        expect(keyOfSource(packed, number)).toBe(key)
        expect(sourceAt(packed, number)).toEqual(source)
      }
      expect(sourceAt(packed, numbers.size)).toBeUndefined()
      expect(sourceAt(packed, -1)).toBeUndefined()
    }),
  )
})

test('the first resource of the text whose document holds an offset', () => {
  fc.assert(
    fc.property(
      anySources,
      fc.constantFrom('a.yaml', 'b.yaml', 'c.yaml'),
      fc.nat(40),
      (sources, file, offset) => {
        const packed = packSources(sources)
        const slowly = Object.values(sources).findIndex(
          source => source.file === file && source.range.start <= offset && offset < source.range.end,
        )
        expect(sourceNumberAt(packed, file, offset)).toBe(slowly)
      },
    ),
  )
})

test('a document begins with its first character and ends before the next one', () => {
  const source = (start: number, end: number): ResourceSource => ({
    file: 'a.yaml',
    range: { start, end },
    paths: [],
    places: [],
  })
  const packed = packSources({ a: source(2, 5), b: source(5, 9) })
  expect([1, 2, 4, 5, 8, 9].map(offset => sourceNumberAt(packed, 'a.yaml', offset))).toEqual([
    -1, 0, 0, 1, 1, -1,
  ])
})

test('resources of one form share their paths', () => {
  const paths = ['a', 'b']
  const source = { file: 'f', range: { start: 0, end: 9 }, paths, places: [0, 1, 2, 3] }
  const packed = packSources({ x: source, y: source })
  expect(packed.forms).toEqual([paths])
  expect(packed.places).toHaveLength(8)
})
