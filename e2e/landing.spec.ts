import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, withoutCounters } from './fixtures/appPage.ts'

const dumps = join(import.meta.dirname, '../src/testing/vectors/npm-v2/dumps/instance-metadata-legacy')
const listing = readFileSync(join(dumps, 'iptables-list.nft.txt'), 'utf8')
const sectionOf = (chain: string) =>
  withoutCounters(listing.split('\n\n').find(part => part.startsWith(`Chain ${chain} `)) ?? '')

test.beforeEach(({ app }) => app.open())

test('the graph says that the metadata address is blocked and all else is allowed', async ({ app }) => {
  for (const pod of ['web-1', 'web-2']) {
    await expect(app.edge(RegExp(`default/${pod} to 169\\.254\\.169\\.254/32: blocked`))).toBeAttached()
    await expect(app.edge(RegExp(`default/${pod} to 0\\.0\\.0\\.0/0: allowed`))).toBeAttached()
  }
  await expect(app.edge(/: blocked/)).toHaveCount(2)
})

test('an administrator recognises the chains of their node', async ({ app }) => {
  for (const chain of ['AZURE-NPM', 'AZURE-NPM-EGRESS', 'AZURE-NPM-EGRESS-4213911885', 'AZURE-NPM-INGRESS']) {
    const expected = sectionOf(chain)
    expect(expected.length).toBeGreaterThan(2)
    expect(await app.chain(chain)).toEqual(expected)
  }
})

test('an administrator recognises the sets of their node', async ({ app }) => {
  await app.tab('ipsets')
  await app.inspector.getByRole('button', { name: 'save', exact: true }).click()
  const rows = app.inspector.getByRole('listbox', { name: 'ipset text' }).getByRole('option')
  await expect(rows.filter({ hasText: 'add azure-npm-50166028 169.254.169.254 nomatch' })).toHaveCount(1)
  await expect(rows.filter({ hasText: 'add azure-npm-784554818 10.1.1.32' })).toHaveCount(1)
  await expect(rows.filter({ hasText: 'add azure-npm-784554818 10.1.1.15' })).toHaveCount(1)
})

test('a kernel name is shown with its meaning', async ({ app }) => {
  await app.tab('ipsets')
  const sets = app.inspector.getByRole('listbox', { name: 'ipsets' }).getByRole('option')
  await expect(sets.filter({ hasText: 'azure-npm-784554818' })).toContainText('ns-default')
})

test('a click on the blocked line explains it down to rule and YAML', async ({ app }) => {
  await app.flow.getByRole('tab', { name: 'List' }).click()
  await app.flow
    .getByRole('row')
    .filter({ hasText: '169.254.169.254/32' })
    .filter({ hasText: 'blocked' })
    .first()
    .click()
  await app.tab('Explain')
  await expect(app.inspector).toContainText('default/restrict-instance-metadata')
  await expect(app.inspector).toContainText('The node does what Kubernetes promises')
  await expect(app.inspector).toContainText('is in except 169.254.169.254/32 of 0.0.0.0/0')
})

test('the list tells every flow that the picture tells', async ({ app }) => {
  await app.open()
  const counts = (await app.flow.getByRole('status').innerText()).match(/\d+/g) ?? []
  const flows = counts.reduce((sum, count) => sum + Number(count), 0)
  expect(flows).toBe(18)
  await app.tab('List')
  await expect(app.flow.getByRole('table', { name: 'Flows' })).toHaveAttribute(
    'aria-rowcount',
    String(flows + 1),
  )
})
