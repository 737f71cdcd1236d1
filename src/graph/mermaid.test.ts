import { describe, expect, test } from 'vitest'
import { edgeFixture, groupFixture, modelFixture, nodeFixture } from '../testing/pictureFixture.ts'
import type { Drawing } from './drawing.ts'
import { graphMermaid, mermaidOf } from './mermaid.ts'

test('namespaces, blocks within blocks, every look of a line, to the letter', () => {
  const model = modelFixture({
    groups: [groupFixture({ namespace: 'a', pods: 4, assumed: true })],
    nodes: [
      nodeFixture({
        id: 'pods:a/web',
        parent: 'ns:a',
        title: 'web',
        detail: '3 pods alike',
        canUnfold: true,
        endpoints: [1, 2, 3],
        isolated: { ingress: true, egress: true },
      }),
      nodeFixture({ id: 'pod:a/db', parent: 'ns:a', title: 'db', detail: '10.0.0.9', assumed: true }),
      nodeFixture({ id: 'cidr:10.0.0.0/8', kind: 'cidr', title: '10.0.0.0/8' }),
      nodeFixture({
        id: 'cidr:10.1.0.0/16',
        kind: 'cidr',
        parent: 'cidr:10.0.0.0/8',
        title: '10.1.0.0/16',
        detail: 'except: CIDR block',
        exceptOf: ['a/p'],
      }),
      nodeFixture({ id: 'outside', kind: 'outside', title: 'everything else' }),
    ],
    edges: [
      edgeFixture({ source: 'pods:a/web', verdict: 'partial', label: 'TCP 80', back: 'unrestricted' }),
      edgeFixture({ source: 'cidr:10.0.0.0/8', verdict: 'allowed', label: 'allowed' }),
      edgeFixture({ source: 'cidr:10.1.0.0/16', verdict: 'blocked', label: 'blocked', note: 'by a/p' }),
      edgeFixture({ source: 'outside', verdict: 'blocked', label: 'blocked', back: 'same' }),
      edgeFixture({ source: 'outside', verdict: 'unrestricted', label: 'no policy', back: 'same' }),
      edgeFixture({
        source: 'outside',
        verdict: 'allowed',
        deviates: true,
        label: 'allowed',
        note: 'promised: none · enforced: all',
      }),
    ],
    counts: { allowed: 3, partial: 1, blocked: 2, unrestricted: 0, deviates: 1, changed: 0 },
    omitted: { closedNamespaces: 0, blockedFlows: 5, unrestrictedFlows: 0, excessFlows: 0 },
  })
  expect(graphMermaid(model)).toMatchInlineSnapshot(`
    "flowchart LR
      accDescr: 3 allowed, 1 partly allowed, 2 blocked, 1 deviates
      %% 5 blocked flows not drawn
      n4(["everything else"])
      subgraph b0["a · 4 pods, assumed"]
        n0[["web ×3<br/>3 pods alike<br/>isolated: ingress, egress"]]
        n1["db<br/>10.0.0.9"]
      end
      subgraph b1["within 10.0.0.0/8"]
        n2(["10.0.0.0/8"])
        n3(["10.1.0.0/16<br/>except: CIDR block"])
      end
      n0 <-->|"TCP 80"| n1
      n2 -->|"allowed"| n1
      n3 -.-x|"blocked<br/>by a/p"| n1
      n4 x-.-x|"blocked"| n1
      n4 <-.->|"no policy"| n1
      n4 ==>|"⚠ allowed<br/>promised: none · enforced: all"| n1
      linkStyle 1 stroke:#2e8b57,stroke-width:2px
      linkStyle 0 stroke:#b07020,stroke-width:2px,stroke-dasharray:11 4 2 4
      linkStyle 2,3 stroke:#d1495b,stroke-width:2px,stroke-dasharray:5 4.5
      linkStyle 5 stroke:#9b59d0,stroke-width:4px
      linkStyle 4 stroke:#7a8494,stroke-width:1.5px,stroke-dasharray:1.5 4
      classDef dashed stroke-dasharray:3 2
      class n1,n3,b0 dashed
    "
  `)
})

const EMPTY: Drawing = { summary: '', comments: [], boxes: [], nodes: [], edges: [] }
const node = (...lines: readonly string[]) =>
  ({ lines, shape: 'plain', assumed: false, box: undefined }) as const
const written = (drawing: Partial<Drawing>) => [...mermaidOf({ ...EMPTY, ...drawing })].join('')

describe('a name is a name and never a word of the language', () => {
  test.each([
    ['end', 'end'],
    ['a "quoted" one', 'a #34;quoted#34; one'],
    ['<b>&amp;</b>', '#60;b#62;#38;amp#59;#60;/b#62;'],
    ['#quot;', '#35;quot#59;'],
    ['x]; click n0 "javascript:1"', 'x#93;#59; click n0 #34;javascript#58;1#34;'],
    ['`**bold**`', '#96;**bold**#96;'],
    ['%%{init: {}}%%', '#37;#37;#123;init: #123;#125;#125;#37;#37;'],
    ['style:#35;', 'style#58;#35;35#59;'],
    ['1. list', '1.#160;list'],
    ['- item', '-#160;item'],
    ['two\nlines\u2028and\u0000', 'two lines and '],
    ['  ', '#160;'],
    ['', '#160;'],
  ])('%j', (name, label) => {
    expect(written({ nodes: [node(name)] })).toBe(`flowchart LR\n  n0["${label}"]\n`)
    expect(written({ boxes: [{ label: name, assumed: false, box: undefined }] })).toBe(
      `flowchart LR\n  subgraph b0["${label}"]\n  end\n`,
    )
  })

  test('nor does it end a comment or the description', () => {
    expect(written({ summary: 'a\nb', comments: ['c\nn0 --> n1'] })).toBe(
      'flowchart LR\n  accDescr: a b\n  %% c n0 --> n1\n',
    )
    expect(written({ summary: ' \n' })).toBe('flowchart LR\n')
  })
})

describe("what GitHub's Mermaid does not draw is said", () => {
  const edge = {
    source: 0,
    target: 1,
    lines: ['TCP 80'],
    look: 'partial',
    verdict: 'partial',
    back: undefined,
  } as const
  const drawing = (edges: number, name = 'a') =>
    written({ nodes: [node(name), node('b')], edges: Array.from({ length: edges }, () => edge) })

  test('edges', () => {
    expect(drawing(500)).not.toContain('GitHub')
    expect(drawing(501)).toContain('%% 501 edges: GitHub draws at most 500')
  })

  test('characters', () => {
    expect(drawing(1, 'x'.repeat(49_000))).not.toContain('GitHub')
    expect(drawing(1, 'x'.repeat(50_000))).toMatch(/%% \d+ characters: GitHub draws at most 50000/)
  })
})
