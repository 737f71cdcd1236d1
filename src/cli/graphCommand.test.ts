import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../testing/runCli.ts'

const examples = join(import.meta.dirname, '../ui/examples')
const files = {
  'tiers.yaml': readFileSync(join(examples, 'three-tier.yaml'), 'utf8'),
  'except.yaml': readFileSync(join(examples, 'ip-block-except.yaml'), 'utf8'),
  'notin.yaml': readFileSync(join(examples, 'multi-value-not-in.yaml'), 'utf8'),
}
const graph = (...argv: readonly string[]) => runCli(['graph', ...argv], { files })

test('an SVG for the light and the dark of its reader, unless told otherwise', async () => {
  const { code, stdout, stderr } = await graph('tiers.yaml')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /)
  expect(stdout).toContain('<title>Who can talk to whom</title>')
  expect(stdout).toContain('<desc>4 allowed, 14 partly allowed, 12 blocked</desc>')
  expect(stdout).toContain('prefers-color-scheme:dark')
  for (const name of ['api', 'frontend', 'db-0', 'everything else']) expect(stdout).toContain(`>${name}<`)
  expect(stdout.endsWith('</svg>\n')).toBe(true)
})

test('a theme, a title, no legend', async () => {
  const { stdout } = await graph('--theme', 'dark', '--title', 'Shop & co', '--no-legend', 'tiers.yaml')
  expect(stdout).toContain('<title>Shop &amp; co</title>')
  expect(stdout).not.toContain('prefers-color-scheme')
  expect(stdout).not.toContain('Isolated for ingress')
  expect((await graph('--theme', 'dark', 'tiers.yaml')).stdout).toContain('Isolated for ingress')
})

test('a block with its hole, and where promise and data plane differ', async () => {
  expect((await graph('except.yaml')).stdout).toContain('class="hole dashed"')
  const { stdout } = await graph('notin.yaml')
  expect(stdout).toContain('class="casing"')
  expect(stdout).toContain('⚠')
})

test('Mermaid and dot have the same nodes and edges as the SVG', async () => {
  const svg = (await graph('tiers.yaml')).stdout
  const mermaid = (await graph('-o', 'mermaid', 'tiers.yaml')).stdout
  const dot = (await graph('-o', 'dot', 'tiers.yaml')).stdout
  const lines = svg.match(/class="line" d="M[^"]*C/g)?.length
  expect(lines).toBeGreaterThan(3)
  expect(mermaid.match(/^ {2}n\d+ .*\| n\d+$/gm)).toHaveLength(lines ?? 0)
  expect(dot.match(/^ {2}n\d+ -> n\d+ /gm)).toHaveLength(lines ?? 0)
  expect(mermaid).toContain('subgraph b0["shop · 5 pods"]')
  expect(dot).toContain('label="shop · 5 pods"')
})

test('JSON: what is drawn, and where', async () => {
  const { stdout } = await graph('--output', 'json', 'tiers.yaml')
  const { namespaces, nodes, edges, counts } = JSON.parse(stdout) as {
    readonly counts: Readonly<Record<string, number>>
    readonly namespaces: readonly { readonly namespace: string; readonly place: unknown }[]
    readonly nodes: readonly { readonly id: string; readonly count: number; readonly place: unknown }[]
    readonly edges: readonly {
      readonly source: string
      readonly target: string
      readonly verdict: string
      readonly path: string
    }[]
  }
  expect(namespaces).toMatchObject([{ namespace: 'shop', pods: 5, place: {} }])
  expect(nodes.map(({ count }) => count).sort()).toEqual([1, 1, 2, 2])
  const ids = new Set(nodes.map(({ id }) => id))
  for (const edge of edges) {
    expect(ids.has(edge.source) && ids.has(edge.target)).toBe(true)
    expect(edge.path).toMatch(/^M[-\d.,]+C/)
  }
  expect(counts).toMatchObject({ partial: 14, blocked: 12 })
})

test.each(['svg', 'mermaid', 'dot', 'json'])('%s: the same input gives the same bytes', async output => {
  expect(await graph('-o', output, 'notin.yaml')).toEqual(await graph('-o', output, 'notin.yaml'))
})

test.each([
  [['-o', 'png'], '--output must be one of svg, mermaid, dot, json'],
  [['--theme', 'pink'], '--theme must be one of auto, light, dark, contrast'],
  [['--unrestricted', 'maybe'], '--unrestricted must be one of'],
])('%j is wrong usage', async (argv, message) => {
  const { code, stdout, stderr } = await graph(...argv, 'tiers.yaml')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(message)
})

test('an error in the input is told, and the rest is drawn', async () => {
  const { code, stdout, stderr } = await runCli(['graph', 'a.yaml'], {
    files: { 'a.yaml': `${files['tiers.yaml']}\n---\nkind: [\n` },
  })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^a\.yaml:\d+:\d+: error: /)
  expect(stdout).toContain('>frontend<')
})
