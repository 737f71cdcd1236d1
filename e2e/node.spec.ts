import AxeBuilder from '@axe-core/playwright'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type AppPage } from './fixtures/appPage.ts'

test.setTimeout(120_000)

const EXAMPLES = join(import.meta.dirname, '../src/ui/examples')
const DUMPS = join(import.meta.dirname, '../src/testing/vectors/npm-v2/dumps/instance-metadata-legacy')
const iptables = readFileSync(join(EXAMPLES, 'drifted-iptables-save.txt'), 'utf8')
const ipsets = readFileSync(join(EXAMPLES, 'drifted-ipset-save.txt'), 'utf8')
const clean = readFileSync(join(DUMPS, 'iptables-list.legacy.txt'), 'utf8')
const cleanSets = readFileSync(join(DUMPS, 'ipset-list.legacy.txt'), 'utf8')

const headline = (app: AppPage) => app.inspector.getByRole('heading', { level: 3 }).first()
const differences = (app: AppPage) =>
  app.inspector.getByRole('listbox', { name: 'Differences' }).getByRole('option')
const files = (app: AppPage) => app.policies.getByRole('tablist', { name: 'Files' }).getByRole('tab')
const notice = (app: AppPage) =>
  app.page.getByRole('status').filter({ has: app.page.getByRole('button', { name: 'Dismiss' }) })
const part = (app: AppPage, name: RegExp) =>
  app.inspector.getByRole('group', { name: 'Part of the report' }).getByRole('button', { name })

test('dumps of any name come beside the example’s policies, and undo takes them away', async ({ app }) => {
  await app.open()
  await app.drop({ 'node-7 (rules)': clean, sets: cleanSets })
  await expect(files(app)).toHaveText([/^policies\.yaml/, /^cluster\.yaml/, /^node-7 \(rules\)/, /^sets/])
  await expect(notice(app)).toContainText(
    'iptables -nvL of a node: 7 chains of azure-npm, 15 rules. ipset list of a node: 8 sets of azure-npm',
  )
  await expect(headline(app)).toHaveText('The node does what the policies say')
  await expect(app.page.getByRole('tab', { name: 'Node, The node does what the policies say' })).toBeVisible()
  await expect(app.inspector.getByText('No differences:')).toBeVisible()
  await notice(app).getByRole('button', { name: 'Undo' }).click()
  await expect(files(app)).toHaveText([/^policies\.yaml/, /^cluster\.yaml/])
  await expect(app.inspector.getByText('What does a real node do?')).toBeVisible()
})

test('every difference leads to the dump and to the YAML', async ({ app }) => {
  await app.open()
  await app.drop({ 'iptables-save.txt': iptables, 'ipset-save.txt': ipsets })
  await expect(headline(app)).toHaveText('4 differences, 4 flows change')
  await differences(app).filter({ hasText: 'lacks 10.1.1.15 (default/web-2)' }).click()
  const details = app.inspector.getByRole('region', { name: 'The difference' })
  await details.getByRole('button', { name: 'ipset-save.txt:1' }).click()
  await expect(files(app).filter({ hasText: 'ipset-save' })).toHaveAttribute('aria-selected', 'true')
  await expect(app.policies.getByText('create azure-npm-784554818').first()).toBeVisible()
  await details.getByRole('button', { name: 'Pod/default/web-2 · status.podIP' }).click()
  await expect(files(app).filter({ hasText: 'cluster' })).toHaveAttribute('aria-selected', 'true')

  await differences(app).filter({ hasText: 'close-all' }).click()
  await details.getByRole('button', { name: 'iptables-save.txt:12' }).click()
  // The stale chain, the stale rule and the jump are underlined in the dump.
  await expect(app.policies.locator('.squiggly-error')).toHaveCount(2)
  await expect(app.policies.locator('.squiggly-warning')).toHaveCount(1)
})

test('a changed flow lights up and its packet is followed on the node', async ({ app }) => {
  await app.open()
  await app.drop({ 'iptables-save.txt': iptables, 'ipset-save.txt': ipsets })
  await part(app, /^Flows 4/).click()
  const flows = app.inspector.getByRole('listbox', { name: 'Flows that the node decides otherwise' })
  await expect(flows.getByRole('option').first()).toContainText('default/web-2 → 169.254.169.254/32')
  await flows.focus()
  await app.page.keyboard.press('ArrowDown')
  await expect(flows.getByRole('option', { selected: true })).toContainText(
    'policies: blocked, node: allowed',
  )
  await expect(app.edge(/default\/web-2 to 169\.254\.169\.254\/32: blocked/)).toHaveAttribute('data-lit', '')
  await app.inspector.getByRole('button', { name: 'Follow on the node' }).click()
  await expect(app.page.getByRole('tab', { name: 'Packet' })).toHaveAttribute('aria-selected', 'true')
  await expect(app.inspector.getByRole('combobox', { name: 'From' })).toHaveValue('default/web-2')
  await expect(app.inspector.getByText('The node does', { exact: true })).toBeVisible()
  await expect(app.inspector.getByText('KUBE-FORWARD').first()).toBeVisible()
})

test('sets and chains are found by what they mean, and the report is copied', async ({ app }) => {
  await app.open()
  await app.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await app.drop({ 'iptables-save.txt': iptables, 'ipset-save.txt': ipsets })
  await part(app, /^Sets 8/).click()
  await app.inspector.getByRole('searchbox', { name: 'Search sets' }).fill('konnectivity')
  const sets = app.inspector.getByRole('listbox', { name: 'Sets of the node' }).getByRole('option')
  await expect(sets).toHaveText([/podlabel-app:konnectivity-agent.*azure-npm-4272224941/])
  await sets.first().click()
  await expect(
    app.inspector.getByRole('region', { name: 'Set azure-npm-4272224941' }).getByRole('button'),
  ).toHaveText('ipset-save.txt:8')
  await part(app, /^Chains 12/).click()
  await app.inspector.getByRole('searchbox', { name: 'Search chains' }).fill('close-all')
  const chains = app.inspector.getByRole('listbox', { name: 'Chains of the node' }).getByRole('option')
  await expect(chains).toHaveText([/ingress of default\/close-all.*AZURE-NPM-INGRESS-562199815/])

  await app.inspector.getByRole('button', { name: 'Copy report as Markdown' }).click()
  await expect(app.inspector.getByText('Copied')).toBeAttached()
  const report = await app.page.evaluate(() => navigator.clipboard.readText())
  expect(report).toContain('**4 differences, 4 flows change.** azure-npm v1.4.45, legacy back end')
  expect(report).toContain('| default/web-2 → 169.254.169.254/32 | all |  |  |')
})

test('a dump pasted into the policies becomes a file, and a hover tells what a name means', async ({
  app,
}) => {
  await app.open()
  await app.paste(ipsets)
  await expect(files(app)).toHaveText([/^policies\.yaml/, /^cluster\.yaml/, /^ipset-save\.txt/])
  await files(app).first().click()
  await expect(app.policies.getByText('restrict-instance-metadata').first()).toBeVisible()
  await files(app).last().click()
  await app.policies.getByText('azure-npm-784554818').first().hover()
  await expect(app.page.locator('.monaco-hover').filter({ hasText: 'ns-default' })).toBeVisible()
  await expect(app.page.locator('.monaco-hover').first()).toContainText('pods in namespace default')
})

test('by keyboard alone: paste in the dialog, which says what it recognises', async ({ app }) => {
  await app.open()
  await app.page.keyboard.press('Alt+Shift+O')
  const dialog = app.page.getByRole('dialog', { name: 'Import a node’s rules' })
  await expect(dialog.getByRole('textbox')).toBeFocused()
  await app.page.keyboard.insertText('hello')
  await expect(dialog.getByText('not recognised')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Add' })).toBeDisabled()
  await app.page.keyboard.press('ControlOrMeta+A')
  await app.page.keyboard.insertText(iptables)
  await expect(dialog.getByText('iptables-save of a node: 8 chains of azure-npm')).toBeVisible()
  await dialog.getByRole('button', { name: 'Add' }).focus()
  await app.page.keyboard.press('Enter')
  await expect(dialog).toHaveCount(0)
  await expect(files(app).last()).toHaveText(/^iptables-save\.txt/)
  // Without the sets nobody can tell what the rules are about.
  await expect(headline(app)).toContainText('not every verdict is sure')
})

test('what is no dump is left out and says why', async ({ app }) => {
  await app.open()
  await app.drop({ 'notes.txt': 'hello', 'nothing.txt': '', image: 'a\0b' })
  await expect(notice(app)).toContainText('notes.txt left out: it is neither YAML or JSON')
  await expect(notice(app)).toContainText('And 2 more')
  await expect(files(app)).toHaveCount(2)
})

test('the dumps travel in a link', async ({ app }) => {
  await app.open()
  await app.drop({ 'iptables-save.txt': iptables, 'ipset-save.txt': ipsets })
  await expect(files(app)).toHaveCount(4)
  const fragment = await app.fragment()
  await app.page.goto('about:blank')
  await app.open(fragment)
  await app.tab('Node, 4 differences, 4 flows change')
  await expect(headline(app)).toHaveText('4 differences, 4 flows change')
})

test('on a narrow screen every tab of the inspector is reached', async ({ app }) => {
  await app.page.setViewportSize({ width: 390, height: 800 })
  await app.page.goto('/')
  await app.page.getByRole('tab', { name: 'Inspector' }).click()
  const strip = app.page.getByRole('tablist', { name: 'Inspector' })
  await strip.getByRole('tab', { name: 'iptables' }).focus()
  await app.page.keyboard.press('End')
  await expect(strip.getByRole('tab', { name: 'Node' })).toBeFocused()
  await expect(strip.getByRole('tab', { name: 'Node' })).toBeInViewport({ ratio: 1 })
  await app.page.getByRole('button', { name: 'All tabs of Inspector' }).click()
  await app.page.getByRole('menuitemradio', { name: 'Events' }).click()
  await expect(strip.getByRole('tab', { name: 'Events' })).toBeInViewport({ ratio: 1 })
})

for (const theme of ['Light', 'Dark', 'High contrast'])
  test(`no serious finding: Node, ${theme}`, async ({ app }) => {
    const findings = async (): Promise<readonly string[]> => {
      const { violations } = await new AxeBuilder({ page: app.page })
        // What the selection is not about stands back on purpose.
        .exclude('.react-flow')
        .analyze()
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target.join(' ')}`))
    }
    await app.open()
    await app.page.getByRole('button', { name: 'Theme' }).click()
    await app.page.getByRole('menuitemradio', { name: theme }).click()
    await app.tab('Node')
    await expect(app.inspector.getByText('What does a real node do?')).toBeVisible()
    expect(await findings()).toEqual([])
    await app.drop({ 'iptables-save.txt': iptables, 'ipset-save.txt': ipsets })
    await differences(app).filter({ hasText: 'lacks' }).click()
    await files(app).filter({ hasText: 'iptables-save' }).click()
    expect(await findings()).toEqual([])
    await part(app, /^Flows/).click()
    await app.inspector.getByRole('option').first().click()
    expect(await findings()).toEqual([])
  })
