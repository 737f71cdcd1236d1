import type { GraphLayout, GraphModel, GraphNode, Rect, Route } from '../model/picture.ts'
import { nestingOf } from './boxes.ts'
import { boundsOf, bottomOf, rightOf } from './geometry.ts'
import { ICONS, type IconName } from './icons.ts'
import { CAREFUL_EDGES } from './labels.ts'
import { isHole, looksOf, statusLooksOf } from './looks.ts'
import { remarksOf } from './omissions.ts'
import { svgEdge, svgLabel } from './svgEdges.ts'
import { svgFooter } from './svgFooter.ts'
import { svgGroup, svgNode } from './svgNodes.ts'
import { svgStyle, type SvgTheme } from './svgStyle.ts'
import { xmlText } from './xmlText.ts'

export interface SvgOptions {
  readonly theme: SvgTheme
  /** What a screen reader says first. */
  readonly title: string
  /** `formatCounts`, for the reader and below the picture; `''` for none. */
  readonly summary: string
  readonly legend: boolean
}

/** Around what is drawn. */
const MARGIN = 24
const LEAST_WIDTH = 380
/** Far ends of the shadow of a folded node. */
const STACK = 6
const DOT_GAP = 22

/**
 * The picture as the page draws it, as one file: SVG 1.1 with a style sheet, without scripts, fonts, requests or HTML
 * inside. The same input gives the same bytes. Widths of texts are estimates: a file cannot know its reader's fonts.
 */
export function graphSvg(
  model: GraphModel,
  layout: GraphLayout,
  routes: ReadonlyMap<string, Route>,
  { theme, title, summary, legend }: SvgOptions,
): string {
  const nesting = nestingOf(model)
  const labelled = model.edges.length <= CAREFUL_EDGES
  const extent = extentOf(model, layout, routes, labelled)
  const { x, y, width } = extent
  const footer = svgFooter(model, width, { summary, legend })
  const height = extent.height + footer.height
  const below = y + extent.height

  const placed = (nodes: readonly GraphNode[], container: boolean): string =>
    nodes
      .filter(node => nesting.children.has(node.id) === container)
      .map(node => {
        const rect = layout.get(node.id)
        return rect === undefined ? '' : svgNode(node, rect, container)
      })
      .join('')
  const groups = model.groups.map(group => {
    const rect = layout.get(group.id)
    return rect === undefined ? '' : svgGroup(group, rect)
  })
  const drawn = model.edges.flatMap(edge => {
    const route = routes.get(edge.id)
    return route === undefined ? [] : [{ edge, route }]
  })
  const labels = labelled
    ? drawn.map(({ edge, route: { label } }) => (label === undefined ? '' : svgLabel(edge, label)))
    : []
  // Blocks stand outermost first in `nodes`, so that holes come to lie on what they are cut out of.
  const body = [
    ...groups,
    placed(model.nodes, true),
    ...drawn.map(({ edge, route }) => svgEdge(edge, route, !labelled)),
    placed(model.nodes, false),
    ...labels,
  ].join('')

  const frame = `x="${x + 0.5}" y="${y + 0.5}" width="${width - 1}" height="${height - 1}" rx="10"`
  const foot =
    footer.height === 0
      ? ''
      : `<path class="foot" d="M${x + 1},${below}h${width - 2}v${footer.height - 11}a10,10 0 0 1 -10,10h${22 - width}a10,10 0 0 1 -10,-10z"/>` +
        `<rect class="rule" x="${x + 1}" y="${below}" width="${width - 2}" height="1"/>\n` +
        `<g transform="translate(${x} ${below})">\n${footer.content}</g>\n`
  const about = [...(summary === '' ? [] : [summary]), ...remarksOf(model)].join('; ')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="npf" role="img" width="${width}" height="${height}" viewBox="${x} ${y} ${width} ${height}">\n`,
    `<title>${xmlText(title)}</title>\n`,
    about === '' ? '' : `<desc>${xmlText(about)}</desc>\n`,
    `<style>\n${svgStyle(theme, looksOf(model), statusLooksOf(model), !labelled)}</style>\n`,
    `<defs>\n${definitions(body, model)}</defs>\n`,
    `<rect class="sheet" ${frame}/>\n`,
    `<rect fill="url(#npf-dots)" x="${x + 1}" y="${y + 1}" width="${width - 2}" height="${extent.height - 2}" rx="9"/>\n`,
    body,
    foot,
    '</svg>\n',
  ].join('')
}

/** All that is drawn with room around it, in whole pixels. */
function extentOf(
  model: GraphModel,
  layout: GraphLayout,
  routes: ReadonlyMap<string, Route>,
  labelled: boolean,
): Rect {
  const parts: Rect[] = [...layout.values()]
  for (const node of model.nodes) {
    const rect = layout.get(node.id)
    if (node.canUnfold && rect !== undefined)
      parts.push({ ...rect, width: rect.width + STACK, height: rect.height + STACK })
  }
  for (const { points, label } of routes.values()) {
    for (const point of points) parts.push({ ...point, width: 0, height: 0 })
    if (labelled && label !== undefined) parts.push(label)
  }
  const bounds = boundsOf(parts) ?? { x: 0, y: 0, width: 0, height: 0 }
  const x = Math.floor(bounds.x) - MARGIN
  const y = Math.floor(bounds.y) - MARGIN
  return {
    x,
    y,
    width: Math.max(LEAST_WIDTH, Math.ceil(rightOf(bounds)) + MARGIN - x),
    height: Math.ceil(bottomOf(bounds)) + MARGIN - y,
  }
}

function definitions(body: string, model: GraphModel): string {
  const icons = (Object.keys(ICONS) as IconName[]).filter(name => body.includes(`"#npf-${name}"`))
  return [
    `<pattern id="npf-dots" width="${DOT_GAP}" height="${DOT_GAP}" patternUnits="userSpaceOnUse"><circle class="dot" cx="11" cy="11" r=".6"/></pattern>\n`,
    model.nodes.some(isHole)
      ? '<linearGradient id="npf-hole" gradientUnits="userSpaceOnUse" x2="0" y2="7"><stop stop-opacity=".09"/><stop offset="1" stop-opacity="0"/></linearGradient>\n'
      : '',
    ...icons.map(name => `<symbol id="npf-${name}" viewBox="0 0 24 24">${ICONS[name]}</symbol>\n`),
  ].join('')
}
