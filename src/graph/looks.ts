import type { FlowVerdict, GraphEdge, GraphModel, GraphNode } from '../model/picture.ts'

/*
 * What the page and the pictures that leave it draw alike. The page takes its colours from custom properties and its
 * lines from style sheets, which read no module: a test holds them against these tables.
 */

export type Theme = 'light' | 'dark' | 'contrast'

/** `surface-2` is `--surface-2` of the page. */
export type ColourName =
  | 'surface'
  | 'surface-2'
  | 'surface-3'
  | 'border'
  | 'border-strong'
  | 'text'
  | 'text-muted'
  | 'text-faint'
  | 'accent'
  | 'accent-soft'
  | 'allowed'
  | 'allowed-soft'
  | 'blocked'
  | 'blocked-soft'
  | 'partial'
  | 'partial-soft'
  | 'deviation'
  | 'deviation-soft'

export type Palette = Readonly<Record<ColourName, string>>

export const PALETTES: Readonly<Record<Theme, Palette>> = {
  light: {
    surface: '#ffffff',
    'surface-2': '#f8f9fb',
    'surface-3': '#eef0f4',
    border: '#e0e3ea',
    'border-strong': '#bcc3d0',
    text: '#182030',
    'text-muted': '#4b5567',
    'text-faint': '#626c7e',
    accent: '#2953d9',
    'accent-soft': '#e7edff',
    allowed: '#14713f',
    'allowed-soft': '#e1f4e9',
    blocked: '#b8233a',
    'blocked-soft': '#fdeaec',
    partial: '#8a5200',
    'partial-soft': '#fdf0da',
    deviation: '#7a2bc2',
    'deviation-soft': '#f4e9fd',
  },
  dark: {
    surface: '#141922',
    'surface-2': '#191f29',
    'surface-3': '#212836',
    border: '#28303d',
    'border-strong': '#435065',
    text: '#e4e9f2',
    'text-muted': '#aab4c5',
    'text-faint': '#8f9aad',
    accent: '#84a8ff',
    'accent-soft': '#1b294a',
    allowed: '#56cc90',
    'allowed-soft': '#12301f',
    blocked: '#ff808c',
    'blocked-soft': '#3a1a21',
    partial: '#edb456',
    'partial-soft': '#34270f',
    deviation: '#caa0ff',
    'deviation-soft': '#2c1f42',
  },
  contrast: {
    surface: '#000000',
    'surface-2': '#000000',
    'surface-3': '#1a1a1a',
    border: '#9a9a9a',
    'border-strong': '#ffffff',
    text: '#ffffff',
    'text-muted': '#ffffff',
    'text-faint': '#e0e0e0',
    accent: '#6cc7ff',
    'accent-soft': '#002b47',
    allowed: '#5cff9d',
    'allowed-soft': '#00290f',
    blocked: '#ff8a94',
    'blocked-soft': '#3d0006',
    partial: '#ffd24d',
    'partial-soft': '#332500',
    deviation: '#e0b3ff',
    'deviation-soft': '#2a0047',
  },
}

export const FONT_UI =
  "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', Arial, sans-serif"
export const FONT_MONO =
  "ui-monospace, 'SF Mono', SFMono-Regular, 'Cascadia Code', 'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"

/** What a line looks like: a deviation hides the verdict's own look. */
export type LineLook = FlowVerdict | 'deviates'

export function lineLook(edge: Pick<GraphEdge, 'verdict' | 'deviates'>): LineLook {
  return edge.deviates ? 'deviates' : edge.verdict
}

/** Drawn as cut out of the block around it. */
export function isHole({ kind, exceptOf }: Pick<GraphNode, 'kind' | 'exceptOf'>): boolean {
  return kind === 'cidr' && exceptOf.length > 0
}

/** A sign of another shape for each, so that colour never stands alone. */
export const LOOK_MARKS: Readonly<Record<LineLook, string>> = {
  allowed: '✓',
  partial: '◐',
  blocked: '✕',
  unrestricted: '·',
  deviates: '⚠',
}

export interface LineStyle {
  readonly colour: ColourName
  readonly soft: ColourName
  readonly width: number
  /** `stroke-dasharray`; `''` for a whole line. */
  readonly dash: string
}

export const LINE_STYLES: Readonly<Record<LineLook, LineStyle>> = {
  allowed: { colour: 'allowed', soft: 'allowed-soft', width: 1.8, dash: '' },
  partial: { colour: 'partial', soft: 'partial-soft', width: 1.8, dash: '11 4 2 4' },
  blocked: { colour: 'blocked', soft: 'blocked-soft', width: 1.8, dash: '5 4.5' },
  unrestricted: { colour: 'text-faint', soft: 'surface', width: 1.2, dash: '1.5 4' },
  /** The middle of a double line, in the canvas' colour, on `CASING_WIDTH` of its own colour. */
  deviates: { colour: 'deviation', soft: 'deviation-soft', width: 2.4, dash: '' },
}
/** A line among more than `CAREFUL_EDGES`, unless it deviates or changed. */
export const FAINT_LINE = { width: 1.2, opacity: 0.6 } as const
export const CASING_WIDTH = 5.4
export const HALO_WIDTH = 5

/** End marks with their tip at the origin, for a line that arrives from the left. */
export const HEAD = 'M-11,-5.2L-1,0L-11,5.2L-8.4,0Z'
export const OPEN_HEAD = 'M-9,-4.5L-1,0L-9,4.5'
export const STOP_RING = { cx: -9, cy: 0, r: 6.5 } as const
export const STOP_CROSS = 'M-11.6,-2.6L-6.4,2.6M-11.6,2.6L-6.4,-2.6'

/** In the order in which legends list them. */
export const LEGEND_LINES: readonly {
  readonly look: LineLook
  readonly word: string
  readonly meaning: string
}[] = [
  { look: 'allowed', word: 'Allowed', meaning: 'a policy has a say and lets everything through' },
  {
    look: 'partial',
    word: 'Partly allowed',
    meaning: 'only the ports that the line says get through, or only some of the pods',
  },
  { look: 'blocked', word: 'Blocked', meaning: 'nothing gets through' },
  {
    look: 'deviates',
    word: 'Deviates from the promise',
    meaning: 'the node does not do what Kubernetes promises',
  },
  { look: 'unrestricted', word: 'No policy', meaning: 'everything passes, no policy has a say' },
]

/** What the chips on pods say. */
export const CHIP_WORDS = {
  in: 'Ingress only as allowed',
  out: 'Egress only as allowed',
} as const

/** The line looks of a picture, in the legend's order. */
export function looksOf({ edges }: { readonly edges: readonly GraphEdge[] }): readonly LineLook[] {
  const looks = new Set(edges.map(lineLook))
  return LEGEND_LINES.map(({ look }) => look).filter(look => looks.has(look))
}

/** The looks of statuses, on nodes, on lanes and below the picture, in the legend's order. */
export function statusLooksOf({ nodes, groups, unreached }: GraphModel): readonly LineLook[] {
  const looks = new Set<LineLook>(nodes.flatMap(({ status }) => status?.look ?? []))
  if (unreached !== undefined || groups.some(({ reason }) => reason !== undefined)) looks.add('blocked')
  return LEGEND_LINES.map(({ look }) => look).filter(look => looks.has(look))
}

/** Before the word for what became of a flow since the base; its line has a wide ground too. */
export const CHANGED_MARK = 'Δ'
export const CHANGED_WIDTH = 10

/** CSS' `color-mix(in srgb, a share, b)` of two opaque colours, `#rrggbb`. */
export function mixed(a: string, share: number, b: string): string {
  const parts = [1, 3, 5].map(at => {
    const [one, other] = [a, b].map(colour => Number.parseInt(colour.slice(at, at + 2), 16))
    const value = Math.round((one ?? 0) * share + (other ?? 0) * (1 - share))
    return value.toString(16).padStart(2, '0')
  })
  return `#${parts.join('')}`
}

export interface TextStyle {
  /** In px. */
  readonly size: number
  readonly weight: number
}

export const TEXT_STYLES = {
  /** A node's name; a block's is monospaced. */
  title: { size: 13, weight: 600 },
  cidr: { size: 12, weight: 600 },
  detail: { size: 11.5, weight: 400 },
  /** What its flows come to. */
  status: { size: 11.5, weight: 600 },
  groupName: { size: 13.5, weight: 650 },
  groupDetail: { size: 11.5, weight: 400 },
  chip: { size: 10, weight: 600 },
  /** The lines of an edge's label. */
  word: { size: 11.5, weight: 600 },
  note: { size: 11, weight: 450 },
  summary: { size: 12, weight: 550 },
  omission: { size: 12, weight: 400 },
  legend: { size: 11.5, weight: 400 },
} as const satisfies Readonly<Record<string, TextStyle>>

export const RADIUS = { leaf: 9, block: 15, group: 13, chip: 4, label: 5 } as const
