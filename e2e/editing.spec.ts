import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './fixtures/appPage.ts'

const policies = readFileSync(
  join(import.meta.dirname, '../src/ui/examples/instance-metadata-policies.yaml'),
  'utf8',
)
const blocked = /default\/web-1 to 169\.254\.169\.254\/32: blocked/

test('an edit changes edge, rule and set', async ({ app }) => {
  await app.open()
  await expect(app.edge(blocked)).toBeAttached()
  const before = await app.chain('AZURE-NPM-EGRESS-4213911885')

  await app.paste(
    policies
      .replace('169.254.169.254/32', '10.9.0.0/16')
      .replace('10.9.0.0/16\n', '10.9.0.0/16\n      ports:\n        - protocol: TCP\n          port: 443\n'),
  )
  await expect(app.edge(/default\/web-1 to 10\.9\.0\.0\/16: blocked/)).toBeAttached()
  await expect(app.edge(blocked)).toHaveCount(0)
  await expect(app.edge(/default\/web-1 to 0\.0\.0\.0\/0: TCP 443/)).toBeAttached()

  const after = await app.chain('AZURE-NPM-EGRESS-4213911885')
  expect(before.join('\n')).not.toContain('tcp dpt:443')
  expect(after.join('\n')).toContain('tcp dpt:443')
  await app.tab('ipsets')
  await app.inspector.getByRole('button', { name: 'save', exact: true }).click()
  const sets = app.inspector.getByRole('listbox', { name: 'ipset text' })
  await expect(sets.getByRole('option', { name: /10\.9\.0\.0\/16 nomatch/ })).toHaveCount(1)
  await expect(sets.getByRole('option', { name: /169\.254\.169\.254/ })).toHaveCount(0)
})

test('typing is enough: no button to press', async ({ app }) => {
  await app.open()
  await app.policies.locator('.monaco-editor .view-lines').first().click()
  await app.page.keyboard.press('ControlOrMeta+End')
  // Written so that it comes out the same whether or not the editor already indents and closes brackets by itself.
  await app.page.keyboard.type('\n---\napiVersion: v1\nkind: Namespace\n', { delay: 5 })
  await expect(app.problems).not.toContainText('All clear')
  await app.page.keyboard.type('metadata: {name: typed}', { delay: 5 })
  await expect(app.problems).toContainText('All clear')
  await expect(app.page.getByRole('contentinfo').last()).not.toContainText('Working')
  const address = await app.fragment()
  await app.page.goto('about:blank')
  await app.open(address)
  await expect(app.policies).toContainText('typed')
})

test('broken text keeps the last good picture, and mending it goes on', async ({ app }) => {
  await app.open()
  await app.paste('{')
  await expect(app.page.getByText('showing the last good state')).toBeVisible()
  await expect(app.edge(blocked)).toBeAttached()
  await expect(app.problems).toContainText('error')

  await app.paste(policies)
  await expect(app.page.getByText('showing the last good state')).toHaveCount(0)
  await expect(app.edge(blocked)).toBeAttached()
  await expect(app.problems).not.toContainText('error')
})

test('a dropped file takes part at once', async ({ app }) => {
  await app.open()
  await app.drop({
    'deny.yaml': `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: deny-all
  namespace: dropped
spec:
  podSelector:
    matchLabels:
      app: dropped
  policyTypes: [Ingress, Egress]
`,
  })
  await expect(app.policies.getByRole('tab', { name: 'deny.yaml' })).toBeVisible()
  await expect(app.flow.getByLabel(/Namespace dropped/)).toBeAttached()
  await app.tab('iptables')
  await expect(app.inspector.getByLabel('Chain')).toContainText('dropped/deny-all')
})

test('a file as Windows PowerShell writes it is read', async ({ app }) => {
  await app.open()
  const choosing = app.page.waitForEvent('filechooser')
  await app.page.getByRole('button', { name: 'Import' }).click()
  const text = policies.replaceAll('restrict-instance-metadata', 'from-powershell').replaceAll('\n', '\r\n')
  await (
    await choosing
  ).setFiles({
    name: 'policies.yaml',
    mimeType: 'application/yaml',
    buffer: Buffer.from(`\ufeff${text}`, 'utf16le'),
  })
  await app.tab('iptables')
  await expect(app.inspector.getByLabel('Chain')).toContainText('default/from-powershell')
  await expect(app.problems).not.toContainText('error')
})

test('a file of another kind is refused with a word, and nothing is lost', async ({ app }) => {
  await app.open()
  await app.drop({ 'photo.png': 'x' })
  await expect(app.page.getByText(/photo\.png left out/)).toBeVisible()
  await expect(app.edge(blocked)).toBeAttached()
})

test('every example opens without an error', async ({ app }) => {
  await app.open()
  const examples = app.page.getByRole('button', { name: 'Examples' })
  await examples.click()
  const names = await app.page.getByRole('menuitem').allInnerTexts()
  expect(names.length).toBeGreaterThan(5)
  await app.page.keyboard.press('Escape')
  for (let i = 0; i < names.length; i++) {
    await examples.click()
    await app.page.getByRole('menuitem').nth(i).click()
    await expect(app.page.getByLabel('Scenario name')).toHaveValue(names[i]?.split('\n')[0] ?? '')
    await expect(app.page.getByRole('contentinfo').last()).not.toContainText('Working')
    await expect(app.flow.locator('.react-flow__edge').first()).toBeAttached()
    await expect(app.problems).not.toContainText('error')
  }
})
