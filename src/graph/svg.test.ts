import { describe, expect, test } from 'vitest'
import type { GraphEdge, GraphGroup, GraphModel, GraphNode, Rect } from '../model/picture.ts'
import { nestingOf } from './boxes.ts'
import { CAREFUL_EDGES } from './labels.ts'
import { FAINT_LINE, LEGEND_LINES, lineLook, PALETTES } from './looks.ts'
import { routeEdges } from './routes.ts'
import { graphSvg, type SvgOptions } from './svg.ts'
import { SVG_THEMES } from './svgStyle.ts'
import { edgeFixture, groupFixture, modelFixture, nodeFixture } from '../testing/pictureFixture.ts'

const OPTIONS: SvgOptions = { theme: 'light', title: 'Flows', summary: '', legend: false }

/** Every node at its place in a row of boxes that are 180 wide, or where `at` says. */
function svgOf(
  model: GraphModel,
  options: Partial<SvgOptions> = {},
  at: Readonly<Record<string, Rect>> = {},
): string {
  const layout = new Map(
    [...model.groups, ...model.nodes].map(({ id }, i): [string, Rect] => [
      id,
      at[id] ?? { x: i * 300, y: 0, width: 180, height: 54 },
    ]),
  )
  const routes = routeEdges(model.edges, layout, nestingOf(model))
  return graphSvg(model, layout, routes, { ...OPTIONS, ...options })
}

/** Throws where the text is no well-formed XML of the kind that is written here; returns the names of elements in order. */
function elementsOf(xml: string): readonly string[] {
  const open: string[] = []
  const seen: string[] = []
  const token =
    /<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<&]*(?:&(?:amp|lt|gt|quot);[^"<&]*)*")*)\s*(\/?)>|([^<]+)/gy
  while (token.lastIndex < xml.length) {
    const from = token.lastIndex
    const match = token.exec(xml)
    if (match === null) throw new Error(`not well-formed at ${JSON.stringify(xml.slice(from, from + 60))}`)
    const [, closing = '', name = '', attributes = '', empty = '', text] = match
    if (text !== undefined) {
      if (/&(?!(?:amp|lt|gt|quot);)|\]\]>/.test(text)) throw new Error(`raw & in ${text}`)
      if (open.length === 0 && text.trim() !== '') throw new Error(`text outside: ${text}`)
    } else if (closing !== '') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`)
    } else {
      const names = [...attributes.matchAll(/\s([\w:-]+)=/g)].map(([, attribute]) => attribute)
      if (new Set(names).size !== names.length) throw new Error(`attribute twice in <${name}${attributes}>`)
      seen.push(name)
      if (empty === '') open.push(name)
    }
  }
  if (open.length > 0) throw new Error(`open: ${open.join()}`)
  return seen
}

/** What is drawn, without the style sheet, definitions and the frame. */
function drawnOf(svg: string): string {
  return svg.slice(svg.indexOf('\n', svg.indexOf('npf-dots)')) + 1, svg.lastIndexOf('</svg>'))
}

const pod = nodeFixture({ id: 'pod:a/web', title: 'web', detail: '10.1.0.1' })
const other = nodeFixture({ id: 'pod:a/db', title: 'db', detail: '10.1.0.2' })

test('a node, to the letter', () => {
  const isolated = nodeFixture({
    ...pod,
    isolated: { ingress: true, egress: true },
    policies: { ingress: ['a/deny'], egress: ['a/deny', 'a/dns'] },
  })
  expect(drawnOf(svgOf(modelFixture({ nodes: [isolated] })))).toMatchInlineSnapshot(`
    "<g transform="translate(0 0)"><title>/web
    10.1.0.1
    ingress isolated by a/deny
    egress isolated by a/deny, a/dns</title><rect class="leaf" x="0.5" y="0.5" width="179" height="53" rx="8.5"/><use href="#npf-box" class="icon" x="11" y="19.5" width="15" height="15"/><svg x="35" width="98" height="54"><text class="title" y="24">web</text><text class="detail" y="39.4">10.1.0.1</text></svg><rect class="chipBox" x="142.5" y="10.5" width="27" height="15" rx="4"/><text class="chip" x="156" y="21.5">in</text><rect class="chipBox" x="142.5" y="28.5" width="27" height="15" rx="4"/><text class="chip" x="156" y="39.5">out</text></g>
    "
  `)
})

test('a folded node, a namespace, a block with a hole, to the letter', () => {
  const model = modelFixture({
    groups: [groupFixture({ namespace: 'a', pods: 1234, labels: { team: 'x' } })],
    nodes: [
      nodeFixture({
        id: 'pods:a/web',
        parent: 'ns:a',
        title: 'web',
        detail: '',
        canUnfold: true,
        endpoints: [1, 2, 3],
        assumed: true,
      }),
      nodeFixture({ id: 'cidr:10.0.0.0/8', kind: 'cidr', title: '10.0.0.0/8', detail: 'private network' }),
      nodeFixture({
        id: 'cidr:10.1.0.0/16',
        kind: 'cidr',
        parent: 'cidr:10.0.0.0/8',
        title: '10.1.0.0/16',
        detail: 'except: CIDR block',
        exceptOf: ['a/deny'],
      }),
    ],
  })
  const at = {
    'ns:a': { x: 0, y: 0, width: 220, height: 120 },
    'pods:a/web': { x: 20, y: 40, width: 180, height: 54 },
    'cidr:10.0.0.0/8': { x: 300, y: 0, width: 220, height: 140 },
    'cidr:10.1.0.0/16': { x: 318, y: 60, width: 180, height: 54 },
  }
  expect(drawnOf(svgOf(model, {}, at))).toMatchInlineSnapshot(`
    "<g transform="translate(0 0)"><title>Namespace a, 1,234 pods · team=x</title><rect class="group" x="0.5" y="0.5" width="219" height="119" rx="12.5"/><use href="#npf-cloud" class="icon" x="15" y="13" width="14" height="14"/><svg x="36" width="169" height="40"><text y="24.7"><tspan class="groupName">a</tspan><tspan class="groupDetail" dx="7">1,234 pods · team=x</tspan></text></svg></g>
    <g transform="translate(300 0)"><title>10.0.0.0/8
    private network</title><rect class="leaf third" x="0.5" y="0.5" width="219" height="139" rx="14.5"/><use href="#npf-network" class="icon" x="11" y="19.5" width="15" height="15"/><svg x="35" width="175" height="54"><text class="cidr" y="23.7">10.0.0.0/8</text><text class="detail" y="38.8">private network</text></svg></g>
    <g transform="translate(20 40)"><title>3 pods /web</title><rect class="under" x="6.5" y="6.5" width="179" height="53" rx="8.5"/><rect class="leaf" x="3.5" y="3.5" width="179" height="53" rx="8.5"/><rect class="leaf second dashed" x="0.5" y="0.5" width="179" height="53" rx="8.5"/><use href="#npf-boxes" class="icon" x="11" y="19.5" width="15" height="15"/><svg x="35" width="135" height="54"><text class="title" y="31.5">web<tspan class="times" dx="4.5">×3</tspan></text></svg></g>
    <g transform="translate(318 60)"><title>10.1.0.0/16
    except: CIDR block</title><rect class="hole dashed" x="0.5" y="0.5" width="179" height="53" rx="14.5"/><rect fill="url(#npf-hole)" width="180" height="54" rx="15"/><use href="#npf-network" class="icon" x="11" y="19.5" width="15" height="15"/><svg x="35" width="135" height="54"><text class="cidr" y="23.7">10.1.0.0/16</text><text class="detail" y="38.8">except: CIDR block</text></svg></g>
    "
  `)
})

const edges = {
  allowed: edgeFixture({ verdict: 'allowed', label: 'allowed' }),
  partial: edgeFixture({ verdict: 'partial', label: 'TCP 80' }),
  blocked: edgeFixture({ verdict: 'blocked', label: 'blocked', note: 'by a/deny' }),
  unrestricted: edgeFixture({ verdict: 'unrestricted', label: 'no policy' }),
  deviates: edgeFixture({ verdict: 'blocked', deviates: true, label: 'blocked', note: 'promised: all' }),
}
const between = (...own: readonly GraphEdge[]) => modelFixture({ nodes: [pod, other], edges: own })

test('a flow with the way back and its label, to the letter', () => {
  const edge = edgeFixture({
    verdict: 'blocked',
    label: 'blocked',
    note: 'by a/deny',
    back: 'same',
    name: 'n',
  })
  const svg = drawnOf(svgOf(between(edge)))
  expect(svg.split('\n').filter(line => line.startsWith('<g class="blocked'))).toMatchInlineSnapshot(`
    [
      "<g class="blocked"><title>n</title><path class="halo" d="M180,27C234,27 246,27 300,27"/><path class="line" d="M180,27C234,27 246,27 300,27"/><g transform="translate(300 27)" class="stop"><circle class="ring" cx="-9" cy="0" r="6.5"/><path class="cross" d="M-11.6,-2.6L-6.4,2.6M-11.6,2.6L-6.4,-2.6"/></g><g transform="translate(180 27) rotate(180)" class="stop"><circle class="ring" cx="-9" cy="0" r="6.5"/><path class="cross" d="M-11.6,-2.6L-6.4,2.6M-11.6,2.6L-6.4,-2.6"/></g></g>",
      "<g class="blocked label"><rect x="206" y="9.5" width="68" height="35" rx="5"/><text class="word" x="240" y="23">blocked</text><text class="note" x="240" y="38">by a/deny</text></g>",
    ]
  `)
})

describe('a verdict shows without its colour', () => {
  const looks = Object.entries(edges).map(([look, edge]) => {
    const svg = svgOf(between(edge))
    const group = /<g class="[a-z]+"><title>.*?<\/title>(.*?)<\/g>\n/.exec(svg)?.[1] ?? ''
    const marks = group.replace(/ (?:d|transform)="[^"]*"/g, '')
    const rule = new RegExp(`\\.npf \\.${look} \\.line\\{(.*?)\\}`).exec(svg)?.[1] ?? ''
    return { look, marks, rule, label: edge.label, svg }
  })

  test('lines and marks differ from each other', () => {
    expect(new Set(looks.map(({ marks, rule }) => `${marks} ${rule}`)).size).toBe(looks.length)
    expect(looks.map(({ look, rule }) => [look, rule])).toEqual([
      ['allowed', 'stroke-width:1.8'],
      ['partial', 'stroke-width:1.8;stroke-dasharray:11 4 2 4'],
      ['blocked', 'stroke-width:1.8;stroke-dasharray:5 4.5'],
      ['unrestricted', 'stroke-width:1.2;stroke-dasharray:1.5 4;stroke-linecap:round'],
      ['deviates', 'stroke-width:2.4'],
    ])
  })

  test.each(looks)('$look: a word, a line and an end mark', ({ look, marks, label, svg }) => {
    expect(svg).toContain(`>${look === 'deviates' ? '⚠ ' : ''}${label}</text>`)
    expect(marks.includes('class="casing"')).toBe(look === 'deviates')
    expect(/class="(stop|open|head)"/.exec(marks)?.[1]).toBe(
      { allowed: 'head', partial: 'head', blocked: 'stop', unrestricted: 'open', deviates: 'stop' }[look],
    )
  })
})

test('the way back has its own mark', () => {
  const marks = (edge: GraphEdge) =>
    [...drawnOf(svgOf(between(edge))).matchAll(/class="(head|open|stop)"/g)].map(([, mark]) => mark)
  expect(marks(edges.allowed)).toEqual(['head'])
  expect(marks({ ...edges.allowed, back: 'same' })).toEqual(['head', 'head'])
  expect(marks({ ...edges.allowed, back: 'unrestricted' })).toEqual(['head', 'open'])
  expect(marks({ ...edges.allowed, back: 'blocked' })).toEqual(['head'])
})

describe('the legend', () => {
  const words = (model: GraphModel) =>
    [...svgOf(model, { legend: true }).matchAll(/class="legend"[^>]*>([^<]*)</g)].map(([, word]) => word)

  test.each(Object.values(edges))('tells only what occurs: $label', edge => {
    const look = lineLook(edge)
    expect(words(between(edge))).toEqual(
      LEGEND_LINES.filter(line => line.look === look).map(({ word }) => word),
    )
  })

  test('tells of nodes too', () => {
    expect(words(modelFixture({ nodes: [pod] }))).toEqual([])
    const all = modelFixture({
      nodes: [
        nodeFixture({ ...pod, assumed: true, isolated: { ingress: true, egress: true } }),
        nodeFixture({ id: 'cidr:x', kind: 'cidr', exceptOf: ['a/b'] }),
      ],
    })
    expect(words(all)).toEqual([
      'Ingress only as allowed',
      'Egress only as allowed',
      'Assumed',
      'Except: cut out of a block',
    ])
  })
})

test('what all flows of a node come to stands on it, in words and with a mark, and below the picture', () => {
  const shut = nodeFixture({
    ...pod,
    status: { look: 'blocked', text: 'nobody reaches it', reason: 'isolated by deny' },
  })
  const closed = nodeFixture({
    id: 'namespace:b',
    kind: 'namespace',
    title: 'b',
    detail: '20 pods',
    status: { look: 'deviates', text: 'some deviate', reason: '' },
  })
  const model = modelFixture({
    nodes: [shut, closed],
    unreached: { count: 1, first: ['pod:a/web'], traffic: '' },
  })
  const svg = svgOf(model, { summary: '0 allowed', legend: true })
  const texts = [...drawnOf(svg).matchAll(/<(?:text|tspan) class="([^"]*)"[^>]*>([^<]*)</g)].map(
    ([, look, text]) => [look, text],
  )
  expect(texts).toEqual([
    ['title', 'web'],
    ['status blocked', '✕ nobody reaches it'],
    ['detail', 'isolated by deny'],
    ['title', 'b'],
    ['detail', '20 pods'],
    ['status deviates', '⚠ some deviate'],
    ['summary', '0 allowed'],
    ['status blocked', '✕ nobody reaches a/web'],
  ])
  for (const look of ['blocked', 'deviates']) expect(svg).toContain(`.npf .status.${look}{fill:#`)
  expect(svg).toContain('<title>/web\n10.1.0.1\nnobody reaches it</title>')
})

test('a lane says once why all in it is blocked', () => {
  const lane = groupFixture({
    id: 'lane:blocked-in',
    kind: 'lane',
    namespace: 'Blocked from coming in',
    reason: 'not let in by deny',
  })
  const svg = svgOf(modelFixture({ groups: [lane], nodes: [nodeFixture({ ...pod, parent: lane.id })] }))
  expect(svg).toContain('<text class="status blocked" y="44">✕ not let in by deny</text>')
})

test('what is left out is said, to the eye and to the ear', () => {
  const model = modelFixture({
    nodes: [pod],
    omitted: { closedNamespaces: 2, blockedFlows: 1234, unrestrictedFlows: 1, excessFlows: 7 },
  })
  const svg = svgOf(model, { summary: '3 allowed' })
  const said = [
    '2 namespaces closed',
    '1,234 blocked flows not drawn',
    '1 flow that no policy governs not drawn',
    '7 more flows than can be drawn',
  ]
  expect(svg).toContain(`<desc>${['3 allowed', ...said].join('; ')}</desc>`)
  for (const text of ['3 allowed', ...said]) expect(svg).toContain(`>${text}</tspan>`)
})

test('so many lines have no labels, as on the page', () => {
  const many = (count: number) =>
    svgOf(between(...Array.from({ length: count }, (_, i) => ({ ...edges.allowed, id: String(i) }))))
  expect(many(4)).toContain(' label"')
  expect(many(91)).not.toContain(' label"')
})

const TRAPS = [
  '<script>alert(1)</script>',
  ']]>&amp;"\'',
  '\u0000\u001b\ufffe\ud800',
  '${1}$&',
  '-->',
  '🙂'.repeat(80),
]

test.each(TRAPS)('text is text: %j', trap => {
  const model = modelFixture({
    groups: [groupFixture({ namespace: trap, labels: { [trap]: trap } }) satisfies GraphGroup],
    nodes: [
      nodeFixture({ ...pod, parent: `ns:${trap}`, title: trap, detail: trap }) satisfies GraphNode,
      other,
    ],
    edges: [{ ...edges.deviates, label: trap, note: trap, name: trap }],
  })
  const svg = svgOf(model, { title: trap, summary: trap, legend: true })
  const names = new Set(elementsOf(svg))
  for (const name of ['script', 'foreignObject', 'image', 'a']) expect(names.has(name)).toBe(false)
})

describe.each(SVG_THEMES)('theme %s', theme => {
  const model = modelFixture({
    groups: [groupFixture({ namespace: 'a' })],
    nodes: [
      { ...pod, parent: 'ns:a' },
      other,
      nodeFixture({ id: 'cidr:x', kind: 'cidr', exceptOf: ['a/b'] }),
      nodeFixture({ id: 'outside', kind: 'outside' }),
      nodeFixture({ id: 'namespace:b', kind: 'namespace', canUnfold: true }),
    ],
    edges: Object.values(edges),
  })
  const svg = svgOf(model, { theme, legend: true, summary: '1 allowed' })

  test('is well-formed, begins with what it is called, and asks for nothing', () => {
    expect(elementsOf(svg).slice(0, 3)).toEqual(['svg', 'title', 'desc'])
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(
      /https?:|url\((?!#npf-)|@import/,
    )
    for (const [, id = ''] of svg.matchAll(/(?:href="#|url\(#)([\w-]+)/g))
      expect(svg).toContain(` id="${id}"`)
  })

  test('has the colours of the page', () => {
    const palettes = theme === 'auto' ? Object.values(PALETTES) : [PALETTES[theme]]
    for (const { surface, accent } of palettes) {
      expect(svg).toContain(`.npf .ring{fill:${surface}}`)
      expect(svg).toContain(`.npf .chip,.npf .times{fill:${accent}}`)
    }
    expect(svg.match(/@media [^{]*/g) ?? []).toEqual(
      theme === 'auto' ? ['@media (prefers-color-scheme:dark)', '@media (prefers-contrast:more)'] : [],
    )
  })

  test('the same input gives the same bytes', () => {
    expect(svgOf(model, { theme, legend: true, summary: '1 allowed' })).toBe(svg)
  })
})

test('coordinates have one decimal at most, and there is room for everything', () => {
  const svg = svgOf(
    between(edges.partial),
    { legend: true },
    { [pod.id]: { x: -100.26, y: 3, width: 150, height: 54 } },
  )
  expect(drawnOf(svg)).not.toMatch(/\d\.\d\d/)
  expect(/viewBox="([^"]*)"/.exec(svg)?.[1]).toBe('-125 -24 629 141')
})

test('an empty picture is one too', () => {
  expect(elementsOf(svgOf(modelFixture({})))[0]).toBe('svg')
})

test('among very many lines each steps back, but for those that deviate or changed', () => {
  const many = Array.from({ length: CAREFUL_EDGES }, (_, i) => ({ ...edges.partial, id: `line ${i}` }))
  const svg = svgOf({ ...between(edges.deviates), edges: [...many, edges.deviates] })
  expect(svg.match(/<g class="partial faint">/g)).toHaveLength(CAREFUL_EDGES)
  expect(svg).toContain('<g class="deviates"><title>')
  expect(svg).toContain(`.npf .faint{opacity:${FAINT_LINE.opacity}}`)
  expect(svgOf(between(edges.partial))).not.toContain('faint')
})
