import type { GraphModel } from '../model/picture.ts'
import { drawingOf, MIDTONES, type Drawing, type DrawingEdge, type DrawingNode } from './drawing.ts'
import { LEGEND_LINES, LINE_STYLES, type LineLook } from './looks.ts'

/** Mermaid's `maxEdges` and `maxTextSize`, as GitHub keeps them. */
const MOST_EDGES = 500
const MOST_CHARACTERS = 50_000

/** The picture as a Mermaid flowchart, for README files and issues. */
export function graphMermaid(model: GraphModel): string {
  return [...mermaidOf(drawingOf(model))].join('')
}

/**
 * A flowchart, in pieces of whole lines. Nodes are called by number: names may be words of the language (`end`) or hold
 * anything. What GitHub would not draw is said in a comment.
 */
export function* mermaidOf(drawing: Drawing): Generator<string> {
  const { edges } = drawing
  let length = 0
  const counted = (text: string): string => {
    length += text.length
    return text
  }
  yield counted('flowchart LR\n')
  const summary = oneLine(drawing.summary).trim()
  if (summary !== '') yield counted(`  accDescr: ${summary}\n`)
  for (const comment of drawing.comments) yield counted(`  %% ${oneLine(comment)}\n`)
  for (const line of contentOf(drawing, undefined, '  ')) yield counted(line)
  for (const edge of edges)
    yield counted(`  n${edge.source} ${arrowOf(edge)}|${quoted(edge.lines)}| n${edge.target}\n`)
  for (const line of stylesOf(drawing)) yield counted(line)
  if (edges.length > MOST_EDGES)
    yield `  %% ${edges.length} edges: GitHub draws at most ${MOST_EDGES}, elsewhere set "maxEdges"\n`
  if (length > MOST_CHARACTERS)
    yield `  %% ${length} characters: GitHub draws at most ${MOST_CHARACTERS}, elsewhere set "maxTextSize"\n`
}

function* contentOf(drawing: Drawing, box: number | undefined, indent: string): Generator<string> {
  for (const [i, node] of drawing.nodes.entries())
    if (node.box === box) {
      const [open, close] = BRACKETS[node.shape]
      yield `${indent}n${i}${open}${quoted(node.lines)}${close}\n`
    }
  for (const [i, inner] of drawing.boxes.entries()) {
    if (inner.box !== box) continue
    yield `${indent}subgraph b${i}[${quoted([inner.label])}]\n`
    yield* contentOf(drawing, i, `${indent}  `)
    yield `${indent}end\n`
  }
}

const BRACKETS: Readonly<Record<DrawingNode['shape'], readonly [string, string]>> = {
  plain: ['[', ']'],
  stack: ['[[', ']]'],
  block: ['([', '])'],
  hole: ['([', '])'],
}

const LINES: Readonly<Record<LineLook, string>> = {
  allowed: '--',
  partial: '--',
  blocked: '-.-',
  unrestricted: '-.-',
  deviates: '==',
}

function arrowOf({ look, verdict, back }: DrawingEdge): string {
  const start = back === undefined ? '' : back === 'blocked' ? 'x' : '<'
  return `${start}${LINES[look]}${verdict === 'blocked' ? 'x' : '>'}`
}

/**
 * A label in quotes. Mermaid reads `#name;` as an entity and the rest as HTML, a leading backtick or a list's mark as
 * Markdown, `%%{` as a directive wherever it stands, and drops a `;` behind `style…:…#`.
 */
function quoted(lines: readonly string[]): string {
  const text = lines.map(line =>
    oneLine(line)
      .replace(/[#"<>&`%$;\\[\]{}|]/g, character => `#${character.charCodeAt(0)};`)
      .replace(/:(?=\S)/g, '#58;')
      .replace(/^([-+*]|\d+[.)]) /, '$1#160;'),
  )
  const whole = text.join('<br/>')
  // Mermaid has no empty string.
  return whole.trim() === '' ? '"#160;"' : `"${whole}"`
}

/** Without line ends and characters that nobody sees. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
}

function* stylesOf({ nodes, boxes, edges }: Drawing): Generator<string> {
  for (const { look } of LEGEND_LINES) {
    const own = [...edges.entries()].filter(([, edge]) => edge.look === look).map(([i]) => i)
    if (own.length === 0) continue
    const { dash } = LINE_STYLES[look]
    const width = look === 'deviates' ? 4 : look === 'unrestricted' ? 1.5 : 2
    const pattern = dash === '' ? '' : `,stroke-dasharray:${dash}`
    yield `  linkStyle ${own.join()} stroke:${MIDTONES[look]},stroke-width:${width}px${pattern}\n`
  }
  const dashed = [
    ...nodes.flatMap((node, i) => (node.assumed || node.shape === 'hole' ? [`n${i}`] : [])),
    ...boxes.flatMap((box, i) => (box.assumed ? [`b${i}`] : [])),
  ]
  if (dashed.length === 0) return
  yield '  classDef dashed stroke-dasharray:3 2\n'
  yield `  class ${dashed.join()} dashed\n`
}
