import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
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
  expect(stdout).not.toContain('Ingress only as allowed')
  expect((await graph('--theme', 'dark', 'tiers.yaml')).stdout).toContain('Ingress only as allowed')
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
  const { groups, nodes, edges, counts } = JSON.parse(stdout) as {
    readonly counts: Readonly<Record<string, number>>
    readonly groups: readonly { readonly namespace: string; readonly place: unknown }[]
    readonly nodes: readonly { readonly id: string; readonly count: number; readonly place: unknown }[]
    readonly edges: readonly {
      readonly source: string
      readonly target: string
      readonly verdict: string
      readonly path: string
    }[]
  }
  expect(groups).toMatchObject([{ kind: 'namespace', namespace: 'shop', pods: 5, place: {} }])
  expect(nodes.map(({ count }) => count).sort()).toEqual([1, 1, 2, 2])
  const ids = new Set(nodes.map(({ id }) => id))
  for (const edge of edges) {
    expect(ids.has(edge.source) && ids.has(edge.target)).toBe(true)
    expect(edge.path).toMatch(/^M[-\d.,]+C/)
  }
  expect(counts).toMatchObject({ partial: 14, blocked: 12 })
})

describe('one end, or one policy', () => {
  const titles = async (...argv: readonly string[]) => {
    const { stdout } = await graph('-o', 'json', ...argv, 'tiers.yaml')
    const { nodes, edges } = JSON.parse(stdout) as {
      readonly nodes: readonly { readonly title: string; readonly parent: string | null }[]
      readonly edges: readonly { readonly name: string; readonly reason: string; readonly verdict: string }[]
    }
    return { nodes, edges }
  }

  test('who may reach a pod stands left of it, and who may not with the reason', async () => {
    const { nodes, edges } = await titles('--focus', 'shop/db-0')
    expect(nodes.filter(({ parent }) => parent === 'lane:in').map(({ title }) => title)).toEqual(['shop/api'])
    expect(nodes.filter(({ parent }) => parent === 'lane:blocked-in').map(({ title }) => title)).toContain(
      'shop/frontend',
    )
    expect(edges.filter(({ name }) => name.endsWith('shop/db-0: TCP 5432'))).toHaveLength(1)
    for (const { verdict, reason } of edges) if (verdict === 'blocked') expect(reason).not.toBe('')
  })

  test.each([
    ['a pod', ['--focus', 'shop/db-0'], 'shop/db-0'],
    ['what makes pods', ['--focus', 'shop/api'], 'shop/api'],
    ['a namespace', ['--focus', 'shop'], 'shop'],
    ['the outside', ['--focus', 'outside'], 'everything else'],
    ['a policy', ['--policy', 'shop/db'], 'shop/db-0'],
  ])('%s', async (_what, argv, title) => {
    const { nodes } = await titles(...argv)
    expect(nodes.map(node => node.title)).toContain(title)
    expect(nodes.some(({ parent }) => parent?.startsWith('lane:') === true)).toBe(true)
  })

  test('a block', async () => {
    const { stdout } = await graph('-o', 'mermaid', '--focus', '10.0.0.0/8', 'except.yaml')
    expect(stdout).toContain('"10.0.0.0/8')
    expect((await graph('--focus', '9.9.9.0/24', 'except.yaml')).stderr).toContain(
      'nothing in the input is 9.9.9.0/24',
    )
  })
})

test('filters leave out what they say', async () => {
  const edges = async (...argv: readonly string[]) => {
    const { stdout } = await graph('-o', 'json', ...argv, 'notin.yaml')
    return (JSON.parse(stdout) as { edges: { id: string; verdict: string; deviates: boolean }[] }).edges
  }
  const all = await edges()
  const deviating = await edges('--deviating')
  expect(deviating.map(({ id }) => id).sort()).toEqual(
    all
      .filter(({ deviates }) => deviates)
      .map(({ id }) => id)
      .sort(),
  )
  expect(deviating.length).toBeLessThan(all.length)
  const open = await edges('--verdict', 'partial,allowed')
  expect([...new Set(open.map(({ verdict }) => verdict))]).toEqual(['allowed'])
  expect((await edges('--namespace', 'dev')).length).toBeLessThan(all.length)
  expect(await edges('--label', 'no=such')).toEqual([])
  const ports = await edges('--port', '80/TCP')
  expect(ports.map(({ verdict }) => verdict)).not.toContain('partial')
})

test('a namespace may be left out', async () => {
  const { stdout } = await graph('-o', 'json', '--hide-namespace', 'shop', 'tiers.yaml')
  const { groups, nodes } = JSON.parse(stdout) as { groups: unknown[]; nodes: { kind: string }[] }
  expect(groups).toEqual([])
  expect(nodes.map(({ kind }) => kind)).toEqual(['outside'])
})

describe('beside a base', () => {
  const narrowed = files['tiers.yaml'].replace('port: 5432', 'port: 5433')
  const world = {
    files: { ...files, 'before/tiers.yaml': files['tiers.yaml'], 'now.yaml': narrowed },
    revisions: { 'main:k8s': [{ name: 'tiers.yaml', text: files['tiers.yaml'] }] },
  }
  const beside = (...argv: readonly string[]) => runCli(['graph', ...argv], world)
  const changesOf = async (...argv: readonly string[]) => {
    const { code, stdout, stderr } = await beside('-o', 'json', ...argv)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { edges, counts } = JSON.parse(stdout) as {
      readonly edges: readonly { readonly change: string }[]
      readonly counts: { readonly changed: number }
    }
    return { changes: edges.map(({ change }) => change), changed: counts.changed }
  }

  test('lines say what changed since', async () => {
    const { changes, changed } = await changesOf('--base', 'before', 'now.yaml')
    expect(changed).toBe(2)
    expect(changes.filter(change => change !== 'none')).toEqual(['changed'])
    expect((await changesOf('--base', 'now.yaml', 'now.yaml')).changed).toBe(0)
    expect((await changesOf('--base', 'git:main:k8s', 'now.yaml')).changed).toBe(2)
  })

  test('--changed draws nothing else', async () => {
    expect((await changesOf('--changed', '--base', 'before', 'now.yaml')).changes).toEqual(['changed'])
  })

  test.each(['mermaid', 'dot'])('%s says it in words', async output => {
    const { stdout } = await beside('-o', output, '--base', 'before', 'now.yaml')
    expect(stdout.match(/changed since the base/g)).toHaveLength(1)
  })

  test('an error in the base is one', async () => {
    const { code, stderr } = await runCli(['graph', '--base', 'bad.yaml', 'tiers.yaml'], {
      files: { ...files, 'bad.yaml': 'kind: [' },
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^bad\.yaml:\d+:\d+: error: /)
  })

  test.each([
    [['--changed', 'now.yaml'], '--changed: since when? --base says it'],
    [['--base', 'nowhere', 'now.yaml'], '--base: '],
    [['--base', '-', '-'], 'standard input cannot be both sides'],
  ])('%j is wrong usage', async (argv, message) => {
    const { code, stdout, stderr } = await beside(...argv)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
  })
})

test.each(['svg', 'mermaid', 'dot', 'json'])('%s: the same input gives the same bytes', async output => {
  expect(await graph('-o', output, 'notin.yaml')).toEqual(await graph('-o', output, 'notin.yaml'))
})

test.each([
  [['-o', 'png'], '--output must be one of svg, mermaid, dot, json'],
  [['--theme', 'pink'], '--theme must be one of auto, light, dark, contrast'],
  [['--unrestricted', 'maybe'], '--unrestricted must be one of'],
  [['--namespace', 'shop,nowhere'], 'no pod in the input is in nowhere'],
  [['--hide-namespace', 'nowhere'], '--hide-namespace: no pod in the input is in nowhere'],
  [['--port', '80/XYZ'], '--port: 80/XYZ is no traffic'],
  [['--verdict', 'open'], '--verdict must be of blocked, partial, allowed, unrestricted'],
  [['--focus', 'shop/nobody'], '--focus: nothing in the input is shop/nobody'],
  [['--focus', 'nowhere'], '--focus: nothing in the input is nowhere'],
  [['--focus', 'a/b/c'], '--focus: a/b/c is none of'],
  [['--policy', 'shop/none'], '--policy: no policy in the input is shop/none'],
  [['--policy', 'shop/db', '--focus', 'shop'], 'exclude each other'],
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
