import { expect, test } from 'vitest'
import { runCli } from '../testing/runCli.ts'

const CLUSTER = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {tier: web}}
spec: {containers: [{name: c, image: x, ports: [{name: http, containerPort: 8080}]}]}
status: {podIP: 10.244.0.10}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {}
  ingress:
  - from: [{ipBlock: {cidr: 192.0.2.0/24}}]
    ports: [{port: http}]
`
const trace = (...argv: readonly string[]) => runCli(['trace', ...argv], { files: { 'c.yaml': CLUSTER } })

test.each([
  ['192.0.2.0/24', '192.0.2.9', 'allowed', 'Note: 192.0.2.9 stands for 192.0.2.0/24.\n'],
  ['outside', '203.0.113.9', 'blocked', 'Note: 203.0.113.9 stands for everything outside'],
  ['192.0.2.200', '192.0.2.200', 'allowed', ''],
])('from %s', async (from, address, answer, note) => {
  const { code, stdout, stderr } = await trace(from, 'shop/web', 'http/TCP', 'c.yaml')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain(`${address} → shop/web (10.244.0.10), TCP 8080, from port 40000, NEW\n`)
  expect(stdout).toContain(`Kubernetes promises: ${answer}\n`)
  expect(stdout).toContain(`azure-npm head enforces: ${answer}\n`)
  expect(stdout).toContain(note)
})

test('reasons stand at their own fields', async () => {
  const { stdout } = await trace('outside', 'shop/web', '80', 'c.yaml')
  expect(stdout).toContain(
    [
      '    shop/web isolates it: it selects all pods in shop [c.yaml:11:3]',
      '      spec.ingress[0] does not match [c.yaml:13:5]',
      '        203.0.113.9 is not in 192.0.2.0/24 [c.yaml:13:23]',
      '        port 80 is not among http/TCP [c.yaml:14:13]',
      '          `http` is 8080 at shop/web [c.yaml:14:14]',
      '',
    ].join('\n'),
  )
})

test('a packet that meets no rule has no walk', async () => {
  const { code, stdout } = await trace('shop/web', '10.244.0.10', '80', 'c.yaml')
  expect(code).toBe(0)
  expect(stdout).toMatch(/\nNo rule of the node meets the packet\.\n$/)
})

test.each([
  ['192.0.2.0/99', '192.0.2.0/99 is no IPv4 network'],
  ['shop', 'shop is a namespace; name one of its pods: shop/web'],
  ['fd00::1', 'fd00::1 is IPv6'],
])('%s is wrong usage', async (from, message) => {
  const { code, stdout, stderr } = await trace(from, 'shop/web', '80', 'c.yaml')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(`netpol-flow: ${message}`)
})
