import type { FlowVerdict, GraphEdge, Route } from '../model/picture.ts'
import { HEAD, lineLook, OPEN_HEAD, RADIUS, STOP_CROSS, STOP_RING } from './looks.ts'
import { svgNumber } from './svgNumber.ts'
import { xmlText } from './xmlText.ts'

/**
 * A line with its ends, as the page draws it, and the flow's name for a pointer to ask; in a crowded picture it steps
 * back, unless it deviates or changed.
 */
export function svgEdge(edge: GraphEdge, route: Route, crowded: boolean): string {
  const faint = crowded && !edge.deviates && edge.change === 'none' ? ' faint' : ''
  const start = route.points[0]
  const end = route.points.at(-1)
  const line = (name: string): string => `<path class="${name}" d="${route.path}"/>`
  return [
    `<g class="${lineLook(edge)}${faint}"><title>${xmlText([edge.name, edge.reason].filter(Boolean).join('\n'))}</title>`,
    edge.change === 'none' ? line('halo') : `<g class="changed">${line('halo')}</g>`,
    edge.deviates ? line('casing') : '',
    line('line'),
    end === undefined ? '' : endMark(edge.verdict, end.x, end.y, route.endAngle),
    start === undefined || (edge.back !== 'same' && edge.back !== 'unrestricted')
      ? ''
      : endMark(edge.back === 'same' ? edge.verdict : edge.back, start.x, start.y, route.startAngle + 180),
    '</g>\n',
  ].join('')
}

/** A filled head where traffic passes, an open one where no policy has a say, a cross in a ring where it is stopped. */
export function endMark(verdict: FlowVerdict, x: number, y: number, angle: number): string {
  const degrees = angle % 360
  const turn = degrees === 0 ? '' : ` rotate(${svgNumber(degrees)})`
  const place = `transform="translate(${svgNumber(x)} ${svgNumber(y)})${turn}"`
  if (verdict === 'blocked')
    return `<g ${place} class="stop"><circle class="ring" cx="${STOP_RING.cx}" cy="${STOP_RING.cy}" r="${STOP_RING.r}"/><path class="cross" d="${STOP_CROSS}"/></g>`
  if (verdict === 'unrestricted') return `<path ${place} class="open" d="${OPEN_HEAD}"/>`
  return `<path ${place} class="head" d="${HEAD}"/>`
}

export function svgLabel(edge: GraphEdge, label: NonNullable<Route['label']>): string {
  const middle = svgNumber(label.x + label.width / 2)
  const lines = label.lines.map(
    (line, i) =>
      `<text class="${i === 0 ? 'word' : 'note'}" x="${middle}" y="${svgNumber(label.y + 13.5 + i * 15)}">${xmlText(line)}</text>`,
  )
  const box = `<rect x="${svgNumber(label.x)}" y="${svgNumber(label.y)}" width="${svgNumber(label.width)}" height="${svgNumber(label.height)}" rx="${RADIUS.label}"/>`
  return `<g class="${lineLook(edge)} label">${box}${lines.join('')}</g>\n`
}
