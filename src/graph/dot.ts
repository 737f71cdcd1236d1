import type { FlowVerdict, GraphModel } from '../model/picture.ts'
import { drawingOf, MIDTONES, type Drawing, type DrawingEdge, type DrawingNode } from './drawing.ts'
import type { LineLook } from './looks.ts'

/** The picture in Graphviz' language. */
export function graphDot(model: GraphModel): string {
  return [...dotOf(drawingOf(model))].join('')
}

/** A directed graph in Graphviz' language, in pieces of whole lines; nodes are called by number. */
export function* dotOf(drawing: Drawing): Generator<string> {
  yield 'digraph flows {\n  rankdir=LR\n  node [shape=box, fontname="Helvetica,Arial,sans-serif"]\n  edge [fontname="Helvetica,Arial,sans-serif", fontsize=10]\n'
  if (drawing.summary !== '') yield `  tooltip=${quoted([drawing.summary])}\n`
  for (const comment of drawing.comments) yield `  // ${comment.replace(/\s+/g, ' ')}\n`
  yield* contentOf(drawing, undefined, '  ')
  for (const edge of drawing.edges)
    yield `  n${edge.source} -> n${edge.target} [label=${quoted(edge.lines)}, ${edgeStyle(edge)}]\n`
  yield '}\n'
}

function* contentOf(drawing: Drawing, box: number | undefined, indent: string): Generator<string> {
  for (const [i, node] of drawing.nodes.entries())
    if (node.box === box) yield `${indent}n${i} [label=${quoted(node.lines)}${nodeStyle(node)}]\n`
  for (const [i, inner] of drawing.boxes.entries()) {
    if (inner.box !== box) continue
    const style = inner.assumed ? 'rounded,dashed' : 'rounded'
    yield `${indent}subgraph cluster_${i} {\n${indent}  label=${quoted([inner.label])}\n`
    yield `${indent}  fontname="Helvetica,Arial,sans-serif"\n${indent}  style="${style}"\n`
    yield* contentOf(drawing, i, `${indent}  `)
    yield `${indent}}\n`
  }
}

/** A string of Graphviz: a backslash begins an escape, such as the node's own name. */
function quoted(lines: readonly string[]): string {
  const text = lines.map(line =>
    line
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"')
      .replace(/[\p{Cc}\p{Cs}]+/gu, ' '),
  )
  return `"${text.join('\\n')}"`
}

function nodeStyle({ shape, assumed }: DrawingNode): string {
  const styles = [
    ...(shape === 'block' || shape === 'hole' ? ['rounded'] : []),
    ...(assumed || shape === 'hole' ? ['dashed'] : []),
  ]
  const peripheries = shape === 'stack' ? ', peripheries=2' : ''
  return `${styles.length > 0 ? `, style="${styles.join()}"` : ''}${peripheries}`
}

const LINES: Readonly<Record<LineLook, string>> = {
  allowed: '',
  partial: ', style="dashed"',
  blocked: ', style="dotted"',
  unrestricted: ', style="dotted", penwidth=0.7',
  deviates: '',
}

const MARKS: Readonly<Record<FlowVerdict, string>> = {
  allowed: 'normal',
  partial: 'normal',
  blocked: 'tee',
  unrestricted: 'vee',
}

function edgeStyle({ look, verdict, back }: DrawingEdge): string {
  // Two colours with nothing between them are a double line.
  const colour = look === 'deviates' ? `${MIDTONES[look]}:invis:${MIDTONES[look]}` : MIDTONES[look]
  const head = verdict === 'allowed' || verdict === 'partial' ? '' : `, arrowhead="${MARKS[verdict]}"`
  const tail = back === undefined ? '' : `, dir=both, arrowtail="${MARKS[back]}"`
  return `color="${colour}"${LINES[look]}${head}${tail}`
}
