import type { GraphModel } from '../model/picture.ts'
import {
  CHANGED_MARK,
  CHIP_WORDS,
  isHole,
  LEGEND_LINES,
  LOOK_MARKS,
  looksOf,
  RADIUS,
  TEXT_STYLES,
  type LineLook,
} from './looks.ts'
import { unreachedText } from './nodeStatus.ts'
import { omissionTexts } from './omissions.ts'
import { endMark } from './svgEdges.ts'
import { chipAt, chipsOf, chipWidth, type Chip } from './svgNodes.ts'
import { MIDDLE, svgNumber } from './svgNumber.ts'
import { textWidth } from './textWidth.ts'
import { xmlText } from './xmlText.ts'

/** What stands below the picture, drawn from (0, 0). */
export interface Footer {
  readonly height: number
  readonly content: string
}

const MARGIN = 14
const ITEM_GAP = 16
const ROW = 20
const SAMPLE = 34

interface Item {
  readonly width: number
  /** Drawn with its left end at x and its middle at y. */
  readonly draw: (x: number, y: number) => string
}

/** The numbers of flows, what is left out, and the meaning of the looks that occur, in as many rows as the width asks for. */
export function svgFooter(
  model: GraphModel,
  width: number,
  { summary, legend }: { readonly summary: string; readonly legend: boolean },
): Footer {
  const texts = [
    ...(summary === '' ? [] : [phrase(summary, 'summary')]),
    ...(model.unreached === undefined
      ? []
      : [phrase(`${LOOK_MARKS.blocked} ${unreachedText(model.unreached)}`, 'status')]),
    ...omissionTexts(model.omitted).map(text => phrase(text, 'omission')),
  ]
  const rows = [
    ...rowsOf(texts, width).map(row => (y: number) => sentence(row, y)),
    ...rowsOf(legend ? legendItems(model) : [], width).map(row => (y: number) => {
      let x = MARGIN
      return row.map(item => {
        const drawn = item.draw(x, y)
        x += item.width + ITEM_GAP
        return drawn
      })
    }),
  ]
  if (rows.length === 0) return { height: 0, content: '' }
  const lines = rows.flatMap((draw, i) => draw(8 + ROW * (i + 0.5)))
  return { height: rows.length * ROW + 16, content: lines.map(line => `${line}\n`).join('') }
}

function rowsOf<T extends { readonly width: number }>(
  items: readonly T[],
  width: number,
): readonly (readonly T[])[] {
  const rows: T[][] = []
  let free = 0
  for (const item of items) {
    const row = rows.at(-1)
    if (row === undefined || item.width > free) {
      rows.push([item])
      free = width - 2 * MARGIN
    } else row.push(item)
    free -= item.width + ITEM_GAP
  }
  return rows
}

interface Phrase {
  readonly width: number
  readonly text: string
  readonly name: 'summary' | 'status' | 'omission'
}

function phrase(text: string, name: Phrase['name']): Phrase {
  const style = TEXT_STYLES[name]
  return { width: textWidth(text, { ...style, bold: style.weight > 500 }), text, name }
}

/** Phrases in one text, so that each begins where the one before really ends. */
function sentence(phrases: readonly Phrase[], y: number): readonly string[] {
  const parts = phrases.map(
    ({ text, name }, i) =>
      `<tspan class="${name === 'status' ? 'status blocked' : name}"${i === 0 ? '' : ` dx="${ITEM_GAP}"`}>${xmlText(text)}</tspan>`,
  )
  return [
    `<text x="${MARGIN}" y="${svgNumber(y + TEXT_STYLES.summary.size * MIDDLE)}">${parts.join('')}</text>`,
  ]
}

function legendItem(word: string, width: number, sample: (x: number, y: number) => string): Item {
  const style = TEXT_STYLES.legend
  const left = width + 6
  return {
    width: left + textWidth(word, style),
    draw: (x, y) =>
      `${sample(x, y)}<text class="legend" x="${svgNumber(x + left)}" y="${svgNumber(y + style.size * MIDDLE)}">${xmlText(word)}</text>`,
  }
}

function legendItems(model: GraphModel): readonly Item[] {
  const looks = looksOf(model)
  const lines = LEGEND_LINES.filter(({ look }) => looks.includes(look)).map(({ look, word }) =>
    legendItem(word, SAMPLE, (x, y) => lineSample(look, x, y)),
  )
  const chips = new Set(model.nodes.flatMap(chipsOf))
  const chip = (name: Chip): readonly Item[] =>
    chips.has(name)
      ? [
          legendItem(CHIP_WORDS[name], chipWidth(name), (x, y) =>
            chipAt(name, Math.round(x), Math.round(y - 8)),
          ),
        ]
      : []
  const box = (occurs: boolean, look: string, word: string): readonly Item[] =>
    occurs ? [legendItem(word, 22, (x, y) => sampleBox(look, x, y))] : []
  const changed = model.edges.some(({ change }) => change !== 'none')
  return [
    ...lines,
    ...(changed ? [legendItem(`${CHANGED_MARK} since the base`, 26, changedSample)] : []),
    ...chip('in'),
    ...chip('out'),
    ...box(
      model.nodes.some(node => node.assumed) || model.groups.some(group => group.assumed),
      'leaf second dashed',
      'Assumed',
    ),
    ...box(model.nodes.some(isHole), 'hole dashed', 'Except: cut out of a block'),
  ]
}

/** A short piece of an edge. */
function lineSample(look: LineLook, x: number, y: number): string {
  const path = (name: string): string => `<path class="${name}" d="M1,0H25"/>`
  return [
    `<g class="${look}" transform="translate(${svgNumber(x)} ${svgNumber(y)})">`,
    look === 'deviates' ? path('casing') : '',
    path('line'),
    endMark(look === 'deviates' ? 'partial' : look, 33, 0, 0),
    '</g>',
  ].join('')
}

function changedSample(x: number, y: number): string {
  return `<g class="changed" transform="translate(${svgNumber(x)} ${svgNumber(y)})"><path class="halo" d="M4,0H22"/></g>`
}

function sampleBox(look: string, x: number, y: number): string {
  return `<rect class="${look}" x="${Math.round(x) + 0.5}" y="${Math.round(y) - 6.5}" width="21" height="13" rx="${RADIUS.label}"/>`
}
