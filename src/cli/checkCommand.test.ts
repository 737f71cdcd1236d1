import { describe, expect, test } from 'vitest'
import { runCli } from '../testing/runCli.ts'

const CLUSTER = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, image: x}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: c, image: x}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]}
`
const HEAD = 'apiVersion: netpol-flow/v1\nkind: Expectations\nexpectations:\n'
const HOLDS = `${HEAD}- {name: web reads, from: shop/web, to: shop/db, port: 5432, verdict: allowed}\n`
const FAILS = `${HEAD}- name: 'all: <"50%", & more>'
  from: shop/web
  to: shop/db
  verdict: blocked
- {name: gone, from: shop/wbe, to: shop/db, verdict: blocked}
`
const files = {
  'c.yaml': CLUSTER,
  'holds.yaml': HOLDS,
  'fails.yaml': FAILS,
  'all/c.yaml': CLUSTER,
  'all/e.yaml': HOLDS,
  'bad.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: A_b}\nspec: {containers: [{}]}\n',
}
const check = (...argv: readonly string[]) => runCli(['check', ...argv], { files })

describe('expectations', () => {
  test('that hold cost nothing', async () => {
    expect(await check('all')).toEqual({
      code: 0,
      stdout: '',
      stderr: '1 policy: 0 errors, 0 warnings, 0 notes; 1 of 1 expectation hold\n',
    })
    expect((await check('--expect', 'holds.yaml', 'c.yaml')).code).toBe(0)
  })

  test('that fail, and those that cannot be checked, are told at their item, code 1', async () => {
    expect(await check('--expect', 'fails.yaml', 'c.yaml')).toEqual({
      code: 1,
      stdout:
        'fails.yaml:4:3: warning: Not as expected (all: <"50%", & more>): shop/web reaches shop/db on TCP 5432 [expectation-failed]\n' +
        'fails.yaml:8:3: warning: Expectation that cannot be checked (gone): there is no pod shop/wbe; in shop there are shop/db, shop/web [expectation-unchecked]\n',
      stderr: '1 policy: 0 errors, 2 warnings, 0 notes; 0 of 2 expectations hold\n',
    })
  })

  test('a file that is named twice is read once', async () => {
    expect((await check('--expect', 'holds.yaml', 'c.yaml', 'holds.yaml')).stderr).toContain(
      '1 of 1 expectation hold',
    )
  })

  test('files that are not there are wrong usage', async () => {
    const { code, stdout, stderr } = await check('--expect', 'none.yaml', 'c.yaml')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('none.yaml')
  })
})

test('an error of the input is code 1 in every form', async () => {
  for (const output of ['text', 'json', 'junit', 'github'])
    expect((await check('--output', output, 'bad.yaml', 'all')).code).toBe(1)
  expect((await check('--output', 'xml', 'c.yaml')).code).toBe(2)
})

test('JSON has diagnostics and expectations with lines and columns', async () => {
  const { stdout } = await check('--output', 'json', '--expect', 'fails.yaml', 'c.yaml')
  const report = JSON.parse(stdout) as {
    readonly policies: number
    readonly diagnostics: readonly unknown[]
    readonly expectations: readonly unknown[]
  }
  expect(report.policies).toBe(1)
  expect(report.diagnostics).toMatchObject([
    { code: 'expectation-failed', severity: 'warning', file: 'fails.yaml', line: 4, column: 3 },
    { code: 'expectation-unchecked', line: 8 },
  ])
  expect(report.expectations).toEqual([
    {
      name: 'all: <"50%", & more>',
      from: 'shop/web',
      to: 'shop/db',
      traffic: '',
      verdict: 'blocked',
      file: 'fails.yaml',
      line: 4,
      column: 3,
      outcome: 'fail',
      pairs: 1,
      failing: 1,
      kubernetes: 'fail',
      dataplane: 'fail',
      src: 'pod:shop/web',
      dst: 'pod:shop/db',
      message: 'shop/web reaches shop/db on TCP 5432',
    },
    expect.objectContaining({ name: 'gone', outcome: 'error' }),
  ])
})

test('JUnit: a suite for the manifests, one for each file of expectations', async () => {
  const { stdout } = await check('--output', 'junit', '--expect', 'fails.yaml', 'c.yaml', 'bad.yaml')
  expect(stdout.replace(/bad\.yaml:3:18: error: metadata\.name: .*\n/, 'BAD'))
    .toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="netpol-flow" tests="5" failures="1" errors="2">
  <testsuite name="manifests" tests="3" failures="0" errors="1" skipped="0" time="0">
    <testcase name="c.yaml" classname="manifests" time="0"/>
    <testcase name="bad.yaml" classname="manifests" time="0">
      <error message="one error in the input" type="error">BAD</error>
    </testcase>
    <testcase name="fails.yaml" classname="manifests" time="0"/>
  </testsuite>
  <testsuite name="fails.yaml" tests="2" failures="1" errors="1" skipped="0" time="0">
    <testcase name="all: &lt;&quot;50%&quot;, &amp; more&gt;" classname="fails.yaml" file="fails.yaml" line="4" time="0">
      <failure message="shop/web reaches shop/db on TCP 5432" type="failure">shop/web → shop/db: expected blocked
1 of 1 pairs fail
</failure>
    </testcase>
    <testcase name="gone" classname="fails.yaml" file="fails.yaml" line="8" time="0">
      <error message="there is no pod shop/wbe; in shop there are shop/db, shop/web" type="error">shop/wbe → shop/db: expected blocked
0 of 0 pairs fail
</error>
    </testcase>
  </testsuite>
</testsuites>
`)
})

test('JUnit holds nothing that XML cannot', async () => {
  const name = 'a\\u0001b\\ud800c\\u0085\\ufffe\\t<![CDATA[]]>'
  const { stdout } = await runCli(['check', '--output', 'junit', 'c.yaml', 'e.json'], {
    files: {
      ...files,
      'e.json': `{"apiVersion":"netpol-flow/v1","kind":"Expectations","expectations":[{"name":"${name}","from":"shop","to":"shop","verdict":"blocked"}]}`,
    },
  })
  expect(stdout).toContain('name="abc\u0085&#9;&lt;![CDATA[]]&gt;"')
  expect(stdout).not.toMatch(/[\ud800-\udfff]/)
})

test('GitHub: one command for each diagnostic, escaped', async () => {
  const odd = { ...files, 'a,b:c.yaml': FAILS }
  const { code, stdout } = await runCli(['check', '--output', 'github', 'c.yaml', 'a,b:c.yaml'], {
    files: odd,
  })
  expect(code).toBe(1)
  expect(stdout).toBe(
    '::error file=a%2Cb%3Ac.yaml,line=4,col=3,endLine=7,title=all%3A <"50%25"%2C & more>::shop/web reaches shop/db on TCP 5432\n' +
      '::error file=a%2Cb%3Ac.yaml,line=8,col=3,endColumn=62,title=gone::there is no pod shop/wbe; in shop there are shop/db, shop/web\n',
  )
  const bad = await check('--output', 'github', 'bad.yaml')
  expect(bad.stdout).toMatch(
    /^::error file=bad\.yaml,line=3,col=18,endColumn=21,title=name-not-subdomain::metadata\.name: /,
  )
})
