import { expect, test } from './fixtures/appPage.ts'

const policy = (i: number) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: policy-${i}
  namespace: team-${i % 20}
spec:
  podSelector:
    matchLabels:
      app: service-${i}
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app: service-${(i + 20) % 200}
      ports:
        - port: ${8000 + i}
`

test('200 policies are drawn, within the canvas’s limits', async ({ app }) => {
  await app.open()
  await app.drop({ 'many.yaml': Array.from({ length: 200 }, (_, i) => policy(i)).join('---\n') })
  await expect(app.page.getByRole('contentinfo').last()).toContainText('200 policies')
  await expect(app.page.getByRole('contentinfo').last()).not.toContainText('Working')
  const nodes = await app.flow.locator('.react-flow__node').count()
  const edges = await app.flow.locator('.react-flow__edge').count()
  expect(nodes).toBeGreaterThan(10)
  expect(nodes).toBeLessThanOrEqual(400)
  expect(edges).toBeLessThanOrEqual(600)
  await app.tab('iptables')
  await expect(app.inspector.getByLabel('Chain')).toContainText('team-19/policy-199')
})

for (const [what, text] of [
  ['prose', 'Dear colleague,\n\tplease find the policies attached.\n'],
  ['control characters', '\u0001\u0002 kind: [Pod\n'],
  ['markup', '<script>throw 1</script><img src=x onerror="throw 2">'],
  ['a deep nest', `${'['.repeat(20_000)}\n`],
  [
    'an alias bomb',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi']
      .map(
        (c, i) =>
          `${c}: &${c} [${Array(9)
            .fill(`*${'abcdefgh'[i] ?? ''}`)
            .join()}]`,
      )
      .join('\n')}\n`,
  ],
  [
    'prototype keys',
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: __proto__\n  namespace: constructor\n  labels:\n    __proto__: toString\n',
  ],
  ['nothing', ''],
] as const)
  test(`${what}: no crash, and the way back is open`, async ({ app }) => {
    await app.open()
    await app.drop({ 'odd.yaml': text })
    if (text === '') await expect(app.page.getByText('odd.yaml left out: it is empty.')).toBeVisible()
    else await expect(app.policies.getByRole('tab', { name: 'odd.yaml' })).toBeVisible()
    await expect(app.page.getByRole('contentinfo').last()).not.toContainText('Working')
    await app.page.getByRole('button', { name: 'Examples' }).click()
    await app.page.getByRole('menuitem', { name: /Three-tier/ }).click()
    await expect(app.flow.locator('.react-flow__edge').first()).toBeAttached()
    await expect(app.flow.getByLabel(/Namespace shop/).first()).toBeAttached()
  })
