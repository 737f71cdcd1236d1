import { expect, test } from 'vitest'
import { runCli } from '../testing/runCli.ts'

const pod = (key: string, app: string, ip: string): string => {
  const [namespace, name] = key.split('/')
  return `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${app}, pod-template-hash: x${name}}}
spec: {containers: [{name: c, image: i}]}
status: {podIP: ${ip}}
`
}

const POLICY = `# who may use the database
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: db
  namespace: shop
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
    - from:
        - podSelector: {matchLabels: {app: api}} # the API
      ports:
        - port: 5432
`

const PODS =
  pod('shop/api-1', 'api', '10.244.0.1') +
  pod('shop/web-1', 'web', '10.244.0.2') +
  pod('shop/web-2', 'web', '10.244.0.3') +
  pod('shop/db-0', 'db', '10.244.0.4')

const files = { 'policies.yaml': POLICY, 'pods.yaml': PODS }
const fix = (...args: readonly string[]) => runCli(['fix', ...args, 'policies.yaml', 'pods.yaml'], { files })

test('a blocked flow: one peer more, as a patch', async () => {
  const { code, stdout, stderr } = await fix(
    '--from',
    'shop/web-1',
    '--to',
    'shop/db-0',
    '--port',
    '5432/TCP',
    '--want',
    'allowed',
    '--first',
  )
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toBe(`# 1 of 1: Let shop/web-1 reach shop/db-0: one peer more in shop/db
# opens TCP 5432: shop/web-1 and 1 like it → shop/db-0
# Nothing else changes.
--- policies.yaml
+++ policies.yaml
@@ -9,5 +9,6 @@
   ingress:
     - from:
         - podSelector: {matchLabels: {app: api}} # the API
+        - podSelector: {matchLabels: {app: web}}
       ports:
         - port: 5432
`)
})

test('an allowed flow: the rule goes, its comment stays', async () => {
  const { stdout } = await fix('--from', 'shop/api-1', '--to', 'shop/db-0', '--want', 'blocked', '--first')
  expect(stdout).toBe(`# 1 of 1: Keep shop/api-1 from shop/db-0: one rule less in shop/db
# closes TCP 5432: shop/api-1 → shop/db-0
# Nothing else changes.
--- policies.yaml
+++ policies.yaml
@@ -6,8 +6,5 @@
   namespace: shop
 spec:
   podSelector: {matchLabels: {app: db}}
-  ingress:
-    - from:
-        - podSelector: {matchLabels: {app: api}} # the API
-      ports:
-        - port: 5432
+  ingress: []
+    # the API
`)
})

test('several choices, also as JSON', async () => {
  const args = ['--from', '203.0.113.7', '--to', 'shop/db-0', '--port', '5432', '--want', 'allowed']
  const { stdout } = await fix(...args)
  expect(stdout.match(/^# [0-9] of .*$/gm)).toEqual([
    '# 1 of 3: Let 203.0.113.7/32 reach shop/db-0: one peer more in shop/db',
    '# 2 of 3: Let 203.0.113.7/32 reach shop/db-0: one rule more in shop/db',
    '# 3 of 3: Let 203.0.113.7/32 reach shop/db-0: a new policy shop/db-from-203-0-113-7-32',
  ])
  const json = JSON.parse((await fix(...args, '--output', 'json', '--first')).stdout) as {
    readonly suggestions: readonly { readonly diff: string }[]
  }
  expect(json).toMatchObject({
    from: '203.0.113.7/32',
    to: 'shop/db-0',
    traffic: 'TCP 5432',
    want: 'allowed',
    reason: '',
    suggestions: [
      {
        exact: true,
        effects: [{ src: 'cidr:203.0.113.7/32', opened: 'TCP 5432', closed: null, asked: true }],
      },
    ],
  })
  expect(json.suggestions[0]?.diff).toContain('+        - ipBlock: {cidr: 203.0.113.7/32}\n')
})

test('says when there is nothing to do, or nothing to be done', async () => {
  expect(
    await fix('--from', 'shop/api-1', '--to', 'shop/db-0', '--port', '5432', '--want', 'allowed'),
  ).toEqual({
    code: 0,
    stdout: '# TCP 5432 is allowed already.\n',
    stderr: '',
  })
  const icmp = await fix('--from', 'shop/web-1', '--to', 'shop/db-0', '--port', 'ICMP', '--want', 'allowed')
  expect(icmp.code).toBe(1)
  expect(icmp.stdout).toMatch(/^# A policy cannot name protocols without ports/)
})

test.each([
  [['--from', 'shop/web-1', '--to', 'shop/db-0'], '--want allowed or --want blocked?'],
  [['--from', 'shop/web-1', '--want', 'allowed'], '--to is missing'],
  [['--from', 'shop', '--to', 'shop/db-0', '--want', 'allowed'], '--from: shop is a whole namespace'],
  [
    ['--from', 'shop/none', '--to', 'shop/db-0', '--want', 'allowed'],
    '--from: nothing in the input is shop/none',
  ],
  [['--from', 'shop/web-1', '--to', '?', '--want', 'allowed'], '--to: ? is none of'],
  [['--from', 'shop/web-1', '--to', 'shop/db-0', '--want', 'allowed', '--port', 'x/y'], '--port: x/y is no'],
])('wrong usage: %j', async (args, message) => {
  const { code, stderr } = await fix(...args)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})

test('a port by the name that the destination gives it', async () => {
  const named = PODS.replace(
    'image: i}]}\nstatus: {podIP: 10.244.0.4}',
    'image: i, ports: [{name: sql, containerPort: 5432}]}]}\nstatus: {podIP: 10.244.0.4}',
  )
  const asked = (port: string) =>
    runCli(
      [
        'fix',
        '--from',
        'shop/web-1',
        '--to',
        'shop/db-0',
        '--port',
        port,
        '--want',
        'allowed',
        'p.yaml',
        'q.yaml',
      ],
      { files: { 'p.yaml': POLICY, 'q.yaml': named } },
    )
  const byName = await asked('sql')
  expect(byName.code).toBe(0)
  expect(byName).toEqual(await asked('5432/TCP'))
  expect(await asked('web')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--port: shop/db-0 has no TCP port named web') as unknown,
  })
})

test('an error in the input is told, the rest is answered, and the exit code is 1', async () => {
  const { code, stdout, stderr } = await runCli(
    [
      'fix',
      '--from',
      'shop/web-1',
      '--to',
      'shop/db-0',
      '--port',
      '5432',
      '--want',
      'allowed',
      'p.yaml',
      'bad.yaml',
    ],
    { files: { 'p.yaml': POLICY + PODS, 'bad.yaml': 'kind: [' } },
  )
  expect(code).toBe(1)
  expect(stderr).toMatch(/^bad\.yaml:\d+:\d+: error: /)
  expect(stdout).toContain('one peer more in shop/db')
})
