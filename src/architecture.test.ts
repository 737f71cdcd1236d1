import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { layers } from './layers.ts'

const src = import.meta.dirname
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map(file => file.split(sep).join('/'))
  .filter(file => /\.tsx?$/.test(file) && !/\.test\.|^testing\//.test(file))

/** Every specifier a file imports: static, type-only, re-exported and dynamic. */
const importsOf = new Map(
  files.map(file => [
    file,
    ts.preProcessFile(readFileSync(join(src, file), 'utf8'), true, true).importedFiles.map(i => i.fileName),
  ]),
)
const layerOf = (file: string) => Object.keys(layers).find(layer => file.startsWith(`${layer}/`))
const targetOf = (from: string, specifier: string) =>
  normalize(join(dirname(from), specifier))
    .split(sep)
    .join('/')
const packageOf = (specifier: string) =>
  specifier.startsWith('node:')
    ? 'node'
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/')

const edges = files
  .filter(file => layerOf(file) !== undefined)
  .flatMap(file => (importsOf.get(file) ?? []).map(specifier => ({ file, specifier })))

test('every source file below src/ sits in a layer', () => {
  expect(files.length).toBeGreaterThan(10)
  expect(files.filter(file => file.includes('/') && layerOf(file) === undefined)).toEqual([])
})

test('a layer imports only the layers it may', () => {
  const wrong = edges.filter(({ file, specifier }) => {
    if (!specifier.startsWith('.')) return false
    const from = layerOf(file) ?? ''
    const to = layerOf(targetOf(file, specifier)) ?? ''
    return to !== from && layers[from]?.layers.includes(to) !== true
  })
  expect(wrong).toEqual([])
})

test('a layer imports only its own packages', () => {
  const wrong = edges.filter(
    ({ file, specifier }) =>
      !specifier.startsWith('.') &&
      layers[layerOf(file) ?? '']?.packages.includes(packageOf(specifier)) !== true,
  )
  expect(wrong).toEqual([])
})

test('there are no import cycles', () => {
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
      return
    }
    if (done.has(file)) return
    done.add(file)
    for (const specifier of importsOf.get(file) ?? [])
      if (specifier.startsWith('.')) visit(targetOf(file, specifier), [...path, file])
  }
  for (const file of files) visit(file, [])
  expect(cycles).toEqual([])
})
