import AxeBuilder from '@axe-core/playwright'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type AppPage } from './fixtures/appPage.ts'

test.setTimeout(120_000)

const policies = readFileSync(
  join(import.meta.dirname, '../src/ui/examples/instance-metadata-policies.yaml'),
  'utf8',
)
const exception = '              - 169.254.169.254/32\n'
const edited = policies.replace(exception, `${exception}              - 10.9.0.0/16\n`)

const commands = (app: AppPage) =>
  app.inspector.getByRole('listbox', { name: 'Commands' }).getByRole('option')
const steps = (app: AppPage) => app.inspector.getByRole('listbox', { name: 'Timeline' }).getByRole('option')
/** The lines as the kernel's tools get them, less the sentence that stands above each command. */
const linesOf = (app: AppPage) => commands(app).locator('code').allTextContents()

async function editLanding(app: AppPage): Promise<void> {
  await app.open()
  await app.tab('Events')
  await expect(steps(app).filter({ hasText: 'now' })).toContainText('kube-system/konnectivity-agent')
  await app.paste(edited)
  await expect(steps(app).filter({ hasText: 'now' })).toContainText('new version added')
}

test('an edit is a removal and an addition, with the exact commands', async ({ app }) => {
  await editLanding(app)
  await expect(commands(app).first()).toContainText('ipset restore')
  expect(await linesOf(app)).toEqual([
    'ipset restore',
    '-N azure-npm-50166028 --exist nethash maxelem 4294967295',
    '-A azure-npm-50166028 0.0.0.0/1',
    '-A azure-npm-50166028 10.9.0.0/16 nomatch',
    '-A azure-npm-50166028 128.0.0.0/1',
    '-A azure-npm-50166028 169.254.169.254/32 nomatch',
    'iptables-restore -w 60 -T filter --noflush',
    '*filter',
    ':AZURE-NPM-EGRESS-4213911885 - -',
    '-A AZURE-NPM-EGRESS-4213911885 -j AZURE-NPM-ACCEPT -m set --match-set azure-npm-50166028 dst -m comment --comment ALLOW-TO-cidr-restrict-instance-metadata-in-ns-default-0-0OUT',
    '-A AZURE-NPM-EGRESS-4213911885 -j MARK --set-mark 0x800/0x800 -m comment --comment DROP-ALL',
    '-I AZURE-NPM-EGRESS 1 -j AZURE-NPM-EGRESS-4213911885 -m set --match-set azure-npm-784554818 src -m comment --comment EGRESS-POLICY-default/restrict-instance-metadata-FROM-ns-default-IN-ns-default',
    'COMMIT',
  ])
  await app.inspector.getByRole('button', { name: 'Previous step' }).click()
  await expect(steps(app).and(app.page.getByRole('option', { selected: true }))).toContainText(
    'old version removed',
  )
  await expect(commands(app).first()).toContainText('iptables -w 60 -D')
  expect(await linesOf(app)).toEqual([
    'iptables -w 60 -D AZURE-NPM-EGRESS -j AZURE-NPM-EGRESS-4213911885 -m set --match-set azure-npm-784554818 src -m comment --comment EGRESS-POLICY-default/restrict-instance-metadata-FROM-ns-default-IN-ns-default',
    'iptables-restore -w 60 -T filter --noflush',
    '*filter',
    '-F AZURE-NPM-EGRESS-4213911885',
    'COMMIT',
    'ipset restore',
    '-F azure-npm-50166028',
    '-X azure-npm-50166028',
  ])
})

test('a line of a command lights up the YAML that caused it', async ({ app }) => {
  await editLanding(app)
  await commands(app).filter({ hasText: '10.9.0.0/16 nomatch' }).click()
  const marked = app.policies.locator('.linked-line')
  await expect(marked).toHaveCount(1)
  const top = await marked.evaluate(line => line.getBoundingClientRect().top)
  const written = app.policies.locator('.view-line').filter({ hasText: '10.9.0.0/16' })
  expect(await written.evaluate(line => line.getBoundingClientRect().top)).toBeCloseTo(top, 0)
  await app.page.keyboard.press('ArrowDown')
  await expect(commands(app).and(app.page.getByRole('option', { selected: true }))).toContainText(
    '128.0.0.0/1',
  )
})

test('stepping back shows the gap in every pane, and now returns', async ({ app }) => {
  await editLanding(app)
  const banner = app.flow.getByText(/Step 7 of 8/)
  const blocked = app.edge(/default\/web-1 to 169\.254\.169\.254\/32: blocked/)
  const allowed = app.edge(/default\/web-1 to 169\.254\.169\.254\/32: allowed/)
  await expect(blocked).toBeAttached()
  await expect(banner).toHaveCount(0)

  await app.page.keyboard.press('Alt+J')
  await expect(banner).toContainText('old version removed')
  await expect(allowed).toBeAttached()
  await expect(blocked).toHaveCount(0)
  await expect(app.inspector.getByRole('region', { name: 'What it opened and closed' })).toContainText(
    'opened default/web-1 → 169.254.169.254/32 all ports',
  )
  await app.flow.getByRole('tab', { name: 'List' }).click()
  await expect(
    app.flow.getByRole('row').filter({ hasText: /default\/web-1.*169\.254\.169\.254\/32/ }),
  ).toContainText('allowed')
  await app.flow.getByRole('tab', { name: 'Flow', exact: true }).click()

  await app.tab('iptables')
  await app.inspector.getByRole('button', { name: '-nvL' }).click()
  await app.inspector.getByLabel('Chain').selectOption('')
  const text = app.inspector.getByRole('listbox', { name: 'iptables text' })
  await expect(text).toContainText('AZURE-NPM-EGRESS-3618314628')
  await expect(text).not.toContainText('FROM-ns-default-IN-ns-default')

  await app.flow.getByRole('button', { name: 'Back to now' }).click()
  await expect(banner).toHaveCount(0)
  await expect(blocked).toBeAttached()
  await expect(text).toContainText('FROM-ns-default-IN-ns-default')
})

test('an edit returns to now, another scenario is another node', async ({ app }) => {
  await editLanding(app)
  await app.page.keyboard.press('Alt+J')
  await expect(app.flow.getByText(/Step 7 of 8/)).toBeVisible()
  await app.page.waitForTimeout(2100)
  await app.paste(policies)
  await expect(app.flow.getByText(/Step 7 of 8/)).toHaveCount(0)
  await expect(app.inspector.getByRole('listbox', { name: 'Timeline' })).toContainText('Change 2')

  await app.page.getByRole('button', { name: 'Examples' }).click()
  await app.page.getByRole('menuitem', { name: /Named ports/ }).click()
  await expect(app.inspector.getByRole('listbox', { name: 'Timeline' })).not.toContainText('Change')
  await expect(steps(app).filter({ hasText: 'now' })).toHaveCount(1)
})

test('an edit that azure-npm cannot translate says what stays in force', async ({ app }) => {
  await app.open()
  await app.tab('Events')
  await app.paste(
    policies.replace('cidr: 0.0.0.0/0', 'cidr: fd00::/8').replace(/ +except:\n +- [\d./]+\n/, ''),
  )
  await expect(steps(app).filter({ hasText: 'now' })).toContainText('the old version stays in force')
  await expect(app.inspector.getByText('No commands: nothing changes on the node.')).toBeVisible()
})

for (const theme of ['Light', 'Dark', 'High contrast'])
  test(`no serious finding: Events, ${theme}`, async ({ app }) => {
    await editLanding(app)
    await app.page.getByRole('button', { name: 'Theme' }).click()
    await app.page.getByRole('menuitemradio', { name: theme }).click()
    await app.page.keyboard.press('Alt+J')
    await expect(app.flow.getByText(/Step 7 of 8/)).toBeVisible()
    await expect(commands(app).first()).toContainText('-D')
    await app.inspector.getByText('How to read these lines').click()
    const { violations } = await new AxeBuilder({ page: app.page }).analyze()
    expect(
      violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target.join(' ')}`)),
    ).toEqual([])
  })
