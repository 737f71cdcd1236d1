import { labelKeys, METADATA_NAME_LABEL } from '../model/labels.ts'
import type { GraphGroup, GraphNode, Rect } from '../model/picture.ts'
import { spokenName } from './edges.ts'
import { isLong, linesBelow } from './boxes.ts'
import { formatNumber, plural } from './formatNumber.ts'
import type { IconName } from './icons.ts'
import { isHole, LOOK_MARKS, RADIUS, TEXT_STYLES } from './looks.ts'
import { MIDDLE, svgNumber } from './svgNumber.ts'
import { fitText, inTwoLines, textWidth } from './textWidth.ts'
import { xmlText } from './xmlText.ts'

/** Where a node's text begins, and the room that stays free at its right. */
const TEXT_LEFT = 35
const TEXT_RIGHT = 10
const GAP = 9
const TIMES_GAP = 4.5
/** The part of a node that holds its text where smaller blocks lie below it. */
const HEAD_HEIGHT = 54
const LONG_HEAD_HEIGHT = 64
const CHIP = { height: 16, gap: 2, widths: { in: 21, out: 28 } } as const

/** A namespace's box with its name, the number of its pods and its labels. */
export function svgGroup(group: GraphGroup, rect: Rect): string {
  const labels = labelKeys(group.labels)
    .filter(key => key !== METADATA_NAME_LABEL)
    .map(key => `${key}=${group.labels[key] ?? ''}`)
  const detail = [
    plural(group.pods, group.kind === 'lane' ? 'peer' : 'pod'),
    ...(labels.length > 0 ? [labels.join(', ')] : []),
  ].join(' · ')
  const isLane = group.kind === 'lane'
  const left = isLane ? 15 : 36
  const inner = rect.width - 15 - left
  const name = fitText(group.namespace, inner * 0.8, { ...TEXT_STYLES.groupName, bold: true })
  const rest = inner - textWidth(name, { ...TEXT_STYLES.groupName, bold: true }) - 7
  return (
    opened(
      rect,
      [`${isLane ? '' : 'Namespace '}${group.namespace}, ${detail}`, group.reason].filter(Boolean).join('\n'),
    ) +
    box(group.assumed ? 'group assumedGroup dashed' : 'group', rect, RADIUS.group) +
    (isLane ? '' : icon('cloud', 15, 13, 14)) +
    clipped(
      left,
      rect.width - 15 - left,
      group.reason === undefined ? 40 : 58,
      `<text y="${svgNumber(20 + 13.5 * MIDDLE)}"><tspan class="groupName">${xmlText(name)}</tspan>` +
        `<tspan class="groupDetail" dx="7">${xmlText(fitText(detail, rest, TEXT_STYLES.groupDetail))}</tspan></text>` +
        (group.reason === undefined
          ? ''
          : `<text class="status blocked" y="44">${xmlText(fitText(`${LOOK_MARKS.blocked} ${group.reason}`, inner, { ...TEXT_STYLES.status, bold: true }))}</text>`),
    ) +
    '</g>\n'
  )
}

/** Pods, a closed namespace, a block or the outside. `container`: smaller blocks lie in it. */
export function svgNode(node: GraphNode, rect: Rect, container: boolean): string {
  const chips = chipsOf(node)
  const width = chips.length === 0 ? 0 : Math.max(...chips.map(chip => CHIP.widths[chip]))
  const room = rect.width - TEXT_LEFT - TEXT_RIGHT - (width === 0 ? 0 : width + GAP)
  const head = container ? (isLong(node) ? LONG_HEAD_HEIGHT : HEAD_HEIGHT) : rect.height
  const middle = head / 2
  return (
    opened(rect, tooltipOf(node)) +
    shapeOf(node, rect, container) +
    icon(iconOf(node), 11, middle - 7.5, 15) +
    clipped(TEXT_LEFT, room, head, textOf(node, room, middle)) +
    chips
      .map((chip, i) => {
        const y =
          middle - (chips.length * (CHIP.height + CHIP.gap) - CHIP.gap) / 2 + i * (CHIP.height + CHIP.gap)
        return chipAt(chip, rect.width - TEXT_RIGHT - width, y, width)
      })
      .join('') +
    '</g>\n'
  )
}

export type Chip = 'in' | 'out'

/** Which directions a policy restricts. */
export function chipsOf({ isolated }: Pick<GraphNode, 'isolated'>): readonly Chip[] {
  return [...(isolated.ingress ? (['in'] as const) : []), ...(isolated.egress ? (['out'] as const) : [])]
}

export function chipAt(chip: Chip, x: number, y: number, width: number = CHIP.widths[chip]): string {
  return (
    `<rect class="chipBox" x="${svgNumber(x + 0.5)}" y="${svgNumber(y + 0.5)}" width="${width - 1}" height="${CHIP.height - 1}" rx="${RADIUS.chip}"/>` +
    `<text class="chip" x="${svgNumber(x + width / 2)}" y="${svgNumber(y + CHIP.height / 2 + TEXT_STYLES.chip.size * MIDDLE)}">${chip}</text>`
  )
}

export function chipWidth(chip: Chip): number {
  return CHIP.widths[chip]
}

function opened({ x, y }: Rect, title: string): string {
  return `<g transform="translate(${svgNumber(x)} ${svgNumber(y)})"><title>${xmlText(title)}</title>`
}

function tooltipOf(node: GraphNode): string {
  const isolated = (['ingress', 'egress'] as const)
    .filter(direction => node.isolated[direction])
    .map(direction => {
      const by = node.policies[direction]
      return by.length > 0 ? `${direction} isolated by ${by.join(', ')}` : `${direction} isolated`
    })
  const { status } = node
  return [...new Set([spokenName(node), node.detail, status?.text, ...isolated])].filter(Boolean).join('\n')
}

/** A stroke lies on its line, a border inside its box. */
function box(
  name: string,
  { width, height }: Pick<Rect, 'width' | 'height'>,
  radius: number,
  shift = 0,
): string {
  return `<rect class="${name}" x="${shift + 0.5}" y="${shift + 0.5}" width="${svgNumber(width - 1)}" height="${svgNumber(height - 1)}" rx="${radius - 0.5}"/>`
}

function shapeOf(node: GraphNode, rect: Rect, container: boolean): string {
  const outer = node.kind === 'cidr' || node.kind === 'outside'
  const radius = outer ? RADIUS.block : RADIUS.leaf
  if (isHole(node))
    return (
      box('hole dashed', rect, radius) +
      `<rect fill="url(#npf-hole)" width="${svgNumber(rect.width)}" height="${svgNumber(rect.height)}" rx="${radius}"/>`
    )
  const ground = container ? ' third' : outer || node.assumed ? ' second' : ''
  const stack = node.canUnfold ? box('under', rect, radius, 6) + box('leaf', rect, radius, 3) : ''
  return stack + box(`leaf${ground}${node.assumed ? ' dashed' : ''}`, rect, radius)
}

function iconOf(node: GraphNode): IconName {
  switch (node.kind) {
    case 'cidr':
      return 'network'
    case 'outside':
      return 'globe'
    case 'pods':
      return node.canUnfold ? 'boxes' : 'box'
    case 'pending':
      return 'box'
    case 'namespace':
    case 'namespaces':
    case 'more':
      return 'boxes'
  }
}

function icon(name: IconName, x: number, y: number, size: number): string {
  return `<use href="#npf-${name}" class="icon" x="${x}" y="${svgNumber(y)}" width="${size}" height="${size}"/>`
}

/** An inner `svg` cuts off what a wider font than expected would draw outside of it. */
function clipped(x: number, width: number, height: number, content: string): string {
  return `<svg x="${x}" width="${svgNumber(Math.max(0, width))}" height="${height}">${content}</svg>`
}

function textOf(node: GraphNode, room: number, middle: number): string {
  const { title, cidr, detail } = TEXT_STYLES
  const mono = node.kind === 'cidr'
  const style = mono ? cidr : title
  const times = node.canUnfold && node.kind === 'pods' ? `×${formatNumber(node.endpoints.length)}` : ''
  const font = { ...style, bold: true, mono }
  const name = fitText(node.title, room - (times === '' ? 0 : TIMES_GAP + textWidth(times, font)), font)
  const below = linesBelow(node)
  const broken = isLong(node) && node.status === undefined
  const texts = broken
    ? inTwoLines(node.detail, room, detail)
        .filter(Boolean)
        .map(text => ({ text, status: false }))
    : below.map(({ text, status }) => ({ text, status: status && node.status !== undefined }))
  // Lines of 1.3 times their size, all of them in the middle.
  const height = detail.size * 1.3
  const first =
    `<text class="${mono ? 'cidr' : 'title'}" y="${svgNumber(middle - (texts.length * height) / 2 + style.size * MIDDLE)}">${xmlText(name)}` +
    `${times === '' ? '' : `<tspan class="times" dx="${TIMES_GAP}">${times}</tspan>`}</text>`
  const top = middle + (style.size * 1.3 - (texts.length - 1) * height) / 2 + detail.size * MIDDLE
  return (
    first +
    texts
      .map(({ text, status }, i) => {
        const look = status ? `status ${node.status?.look ?? ''}` : 'detail'
        const font = { ...TEXT_STYLES[status ? 'status' : 'detail'], bold: status }
        return `<text class="${look}" y="${svgNumber(top + i * height)}">${xmlText(fitText(text, room, font))}</text>`
      })
      .join('')
  )
}
