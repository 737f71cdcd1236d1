import { expect, test } from 'vitest'
import { edgeFixture, groupFixture, modelFixture, nodeFixture } from '../testing/pictureFixture.ts'
import { dotOf, graphDot } from './dot.ts'

test('namespaces, a stack, a hole, every look of a line, to the letter', () => {
  const model = modelFixture({
    groups: [groupFixture({ namespace: 'a', pods: 3, assumed: true })],
    nodes: [
      nodeFixture({
        id: 'pods:a/web',
        parent: 'ns:a',
        title: 'web',
        canUnfold: true,
        endpoints: [1, 2, 3],
        isolated: { ingress: true, egress: false },
        assumed: true,
      }),
      nodeFixture({ id: 'cidr:10.1.0.0/16', kind: 'cidr', title: '10.1.0.0/16', exceptOf: ['a/p'] }),
      nodeFixture({ id: 'outside', kind: 'outside', title: 'everything else' }),
    ],
    edges: (
      [
        { verdict: 'allowed', label: 'allowed', back: 'unrestricted' },
        { verdict: 'partial', label: 'TCP 80' },
        { verdict: 'blocked', label: 'blocked', note: 'by a/p', back: 'same' },
        { verdict: 'unrestricted', label: 'no policy' },
        { verdict: 'blocked', deviates: true, label: 'blocked' },
      ] as const
    ).map(edge => edgeFixture({ source: 'outside', target: 'pods:a/web', ...edge })),
    omitted: { closedNamespaces: 1, blockedFlows: 0, unrestrictedFlows: 0, excessFlows: 0 },
  })
  expect(graphDot(model)).toMatchInlineSnapshot(`
    "digraph flows {
      rankdir=LR
      node [shape=box, fontname="Helvetica,Arial,sans-serif"]
      edge [fontname="Helvetica,Arial,sans-serif", fontsize=10]
      tooltip="0 allowed, 0 blocked"
      // 1 namespace closed
      n1 [label="10.1.0.0/16", style="rounded,dashed"]
      n2 [label="everything else", style="rounded"]
      subgraph cluster_0 {
        label="a · 3 pods, assumed"
        fontname="Helvetica,Arial,sans-serif"
        style="rounded,dashed"
        n0 [label="web ×3\\nisolated: ingress", style="dashed", peripheries=2]
      }
      n2 -> n0 [label="allowed", color="#2e8b57", dir=both, arrowtail="vee"]
      n2 -> n0 [label="TCP 80", color="#b07020", style="dashed"]
      n2 -> n0 [label="blocked\\nby a/p", color="#d1495b", style="dotted", arrowhead="tee", dir=both, arrowtail="tee"]
      n2 -> n0 [label="no policy", color="#7a8494", style="dotted", penwidth=0.7, arrowhead="vee"]
      n2 -> n0 [label="⚠ blocked", color="#9b59d0:invis:#9b59d0", arrowhead="tee"]
    }
    "
  `)
})

test.each([
  ['a "quoted" one', '"a \\"quoted\\" one"'],
  ['\\N', '"\\\\N"'],
  ['ends in \\', '"ends in \\\\"'],
  ['\\"', '"\\\\\\""'],
  ['two\nlines\u0000', '"two lines "'],
  ['<b>html</b>', '"<b>html</b>"'],
])('the label %j is one string', (name, label) => {
  const nodes = [{ lines: [name], shape: 'plain', assumed: false, box: undefined }] as const
  const boxes = [{ label: name, assumed: false, box: undefined }]
  const text = [...dotOf({ summary: '', comments: ['a\nb'], boxes, nodes, edges: [] })].join('')
  expect(text).toContain(`  n0 [label=${label}]\n`)
  expect(text).toContain(`    label=${label}\n`)
  expect(text).toContain('  // a b\n')
})
