import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ICONS } from './icons.ts'
import {
  CASING_WIDTH,
  FAINT_LINE,
  FONT_MONO,
  FONT_UI,
  HALO_WIDTH,
  LINE_STYLES,
  mixed,
  PALETTES,
  RADIUS,
  TEXT_STYLES,
  type LineLook,
  type TextStyle,
} from './looks.ts'
import { MIDTONES } from './drawing.ts'

const ui = join(import.meta.dirname, '../ui')
const css = (file: string) => readFileSync(join(ui, file), 'utf8').replace(/\/\*.*?\*\//gs, '')
const THEME = css('theme.css')
const EDGES = css('flow/edges.module.css')
const NODES = css('flow/nodes.module.css')
const PANE = css('flow/FlowPane.module.css')

/** The declarations of the rules with exactly this selector, later ones over earlier ones. */
function declarations(sheet: string, selector: string): Readonly<Record<string, string>> {
  const found = [...sheet.matchAll(/(?<=^|\})\s*([^{}]+?)\s*\{([^{}]*)\}/g)]
    .filter(([, selectors = '']) => selectors.split(',').some(one => one.trim() === selector))
    .flatMap(([, , body = '']) => body.split(';'))
    .map(line => /^\s*([\w-]+)\s*:\s*(.*?)\s*$/s.exec(line))
    .flatMap(match => (match === null ? [] : [[match[1], match[2]?.replace(/\s+/g, ' ')]]))
  if (found.length === 0) throw new Error(`no rule ${selector}`)
  return Object.fromEntries(found) as Readonly<Record<string, string>>
}

function escaped(selector: string): string {
  return selector.replace(/[.()[\]]/g, '\\$&')
}

describe('the tables and the style sheets of the page say the same', () => {
  test.each([
    ['light', ':root'],
    ['dark', ":root[data-theme='dark']"],
    ['contrast', ":root[data-theme='contrast']"],
  ] as const)('colours: %s', (theme, selector) => {
    const page = declarations(THEME, selector)
    expect(PALETTES[theme]).toEqual(
      Object.fromEntries(Object.keys(PALETTES[theme]).map(name => [name, page[`--${name}`]])),
    )
  })

  test('fonts', () => {
    const page = declarations(THEME, ':root')
    expect([page['--font-ui'], page['--font-mono']]).toEqual([FONT_UI, FONT_MONO])
  })

  test.each(Object.keys(LINE_STYLES) as LineLook[])('lines: %s', look => {
    const [group, line] =
      look === 'allowed'
        ? ['.edge', '.line']
        : look === 'deviates'
          ? ['.edge[data-deviates]', '.edge[data-deviates] .line']
          : [`.edge[data-verdict='${look}']`, `.edge[data-verdict='${look}'] .line`]
    const colours = declarations(EDGES, group)
    const stroke = { ...declarations(EDGES, '.line'), ...declarations(EDGES, line) }
    const { colour, soft, width, dash } = LINE_STYLES[look]
    expect(colours).toMatchObject({ '--line': `var(--${colour})`, '--soft': `var(--${soft})` })
    expect([stroke['stroke-width'], (stroke['stroke-dasharray'] ?? 'none').replace('none', '')]).toEqual([
      String(width),
      dash,
    ])
  })

  test('double lines, and what keeps crossing lines apart', () => {
    const width = (selector: string) => declarations(EDGES, selector)['stroke-width']
    expect([width('.casing'), width('.halo')]).toEqual([String(CASING_WIDTH), String(HALO_WIDTH)])
  })

  test('lines in a crowded picture', () => {
    const calm = '.edge:not([data-deviates], [data-change])'
    const [, opacity] = new RegExp(`${escaped(calm)} \\{\\s*opacity: ([\\d.]+)`).exec(EDGES) ?? []
    const [, width] =
      new RegExp(`${escaped(calm)}\\s+\\.line \\{\\s*stroke-width: ([\\d.]+)`).exec(EDGES) ?? []
    expect([width, opacity]).toEqual([String(FAINT_LINE.width), String(FAINT_LINE.opacity)])
  })

  const texts: readonly (readonly [keyof typeof TEXT_STYLES, string, string])[] = [
    ['title', NODES, '.title'],
    ['cidr', NODES, ".leaf[data-kind='cidr'] .title"],
    ['detail', NODES, '.detail'],
    ['groupName', NODES, '.groupName'],
    ['groupDetail', NODES, '.groupDetail'],
    ['chip', NODES, '.chip'],
    ['word', EDGES, '.word'],
    ['note', EDGES, '.note'],
    ['legend', PANE, '.legend'],
  ]
  test.each(texts)('text: %s', (name, sheet, selector) => {
    const page = declarations(sheet, selector)
    const weight =
      page['font-weight'] ?? (name === 'cidr' ? declarations(sheet, '.title')['font-weight'] : '400')
    const style: TextStyle = TEXT_STYLES[name]
    expect([page['font-size'], weight]).toEqual([`${style.size}px`, String(style.weight)])
  })

  test.each([
    ['leaf', '.leaf'],
    ['block', ".leaf[data-kind='outside']"],
    ['group', '.group'],
    ['chip', '.chip'],
  ] as const)('corners: %s', (name, selector) => {
    expect(declarations(NODES, selector)['border-radius']).toBe(`${RADIUS[name]}px`)
  })
})

test.each(Object.keys(ICONS) as (keyof typeof ICONS)[])('the icon %s is the one of the page', async name => {
  const path = join(import.meta.dirname, `../../node_modules/lucide-react/dist/esm/icons/${name}.mjs`)
  const { __iconData } = (await import(path)) as {
    readonly __iconData: { readonly node: readonly (readonly [string, Readonly<Record<string, string>>])[] }
  }
  const shapes = __iconData.node.map(([tag, attributes]) => {
    const written = Object.entries(attributes).filter(([attribute]) => attribute !== 'key')
    return `<${tag}${written.map(([attribute, value]) => ` ${attribute}="${value}"`).join('')}/>`
  })
  expect(ICONS[name]).toBe(shapes.join(''))
})

test.each([
  ['#000000', 0.5, '#ffffff', '#808080'],
  ['#2953d9', 1, '#e7edff', '#2953d9'],
  ['#2953d9', 0, '#e7edff', '#e7edff'],
  ['#0000ff', 0.04, '#000000', '#00000a'],
])('%s to %d with %s is %s', (a, share, b, wanted) => {
  expect(mixed(a, share, b)).toBe(wanted)
})

/** WCAG 2's contrast ratio. */
function contrast(a: string, b: string): number {
  const [one = 0, other = 0] = [a, b]
    .map(colour => {
      const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => {
        const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    })
    .sort((x, y) => y - x)
  return (one + 0.05) / (other + 0.05)
}

test.each(Object.entries(MIDTONES))('%s is seen on white and on a dark page', (_look, colour) => {
  expect(contrast(colour, '#ffffff')).toBeGreaterThan(3)
  expect(contrast(colour, '#0d1117')).toBeGreaterThan(3)
})

test.each(['light', 'dark', 'contrast'] as const)('labels read on their ground: %s', theme => {
  const palette = PALETTES[theme]
  for (const { colour, soft } of Object.values(LINE_STYLES))
    expect(contrast(palette[colour], palette[soft])).toBeGreaterThan(4.5)
})
