import AxeBuilder from '@axe-core/playwright'
import { expect, test, type AppPage } from './fixtures/appPage.ts'

test.setTimeout(120_000)

const rows = (app: AppPage) =>
  app.inspector.getByRole('listbox', { name: 'Expectations' }).getByRole('option')
const status = (app: AppPage) =>
  app.page.getByRole('contentinfo').last().getByRole('status').filter({ hasText: 'expectation' })
const editorLine = (app: AppPage, text: string) =>
  app.policies.locator('.view-line').filter({ hasText: text })

async function openExample(app: AppPage): Promise<void> {
  await app.open()
  await app.page.getByRole('button', { name: 'Examples' }).click()
  await app.page.getByRole('menuitem', { name: /Expectations: one fails/ }).click()
  await expect(rows(app)).toHaveCount(5)
}

async function chooseTheme(app: AppPage, theme: string): Promise<void> {
  await app.page.getByRole('button', { name: 'Theme' }).click()
  await app.page.getByRole('menuitemradio', { name: theme }).click()
}

test('a failing expectation comes first, lights up its flow, and holds once the policy is mended', async ({
  app,
}) => {
  await openExample(app)
  await expect(status(app)).toHaveText('4 of 5 expectations hold')
  await expect(app.page.getByRole('tab', { name: 'Expectations, 4 of 5 hold' })).toBeVisible()
  await expect(rows(app).first()).toContainText('The frontend never talks to the database')
  await expect(rows(app).first()).toContainText('fails')
  await expect(app.flow.locator('[data-outcome=fail]')).toHaveCount(1)
  await expect(app.flow.locator('[data-outcome=pass]')).toHaveCount(3)

  await rows(app).first().click()
  const details = app.inspector.getByRole('region', { name: 'The expectation' })
  await expect(details).toContainText('Kubernetes promises')
  await expect(details.getByText('not blocked')).toHaveCount(2)
  await expect(details).toContainText('shop/frontend reaches shop/db on TCP 5432')
  await expect(app.edge(/shop\/frontend to shop\/db: /)).toHaveAttribute('data-lit', '')
  await expect(app.policies.locator('.linked-line').first()).toBeVisible()

  await editorLine(app, 'app: shop').click()
  await app.page.keyboard.press('End')
  for (let i = 0; i < '{ app: shop }'.length; i++) await app.page.keyboard.press('Backspace')
  await app.page.keyboard.type('{ tier: api }')
  await expect(status(app)).toHaveText('All 5 expectations hold')
  await expect(app.page.getByRole('tab', { name: 'Expectations, all 5 hold' })).toBeVisible()
  await expect(app.flow.locator('[data-outcome=fail]')).toHaveCount(0)
})

test('the selected flow’s verdict becomes an expectation, and undo takes it back', async ({ app }) => {
  await app.open()
  await app.edge(/default\/web-1 to 169\.254\.169\.254\/32: blocked/).focus()
  await app.page.keyboard.press('Enter')
  await expect(app.inspector.getByText('Blocked').first()).toBeVisible()
  await app.page.keyboard.press('Alt+Shift+X')
  const form = app.inspector.getByRole('form', { name: 'New expectation' })
  await expect(form.getByRole('combobox', { name: 'From' })).toHaveValue('default/web-1')
  await expect(form.getByRole('combobox', { name: 'To', exact: true })).toHaveValue('169.254.169.254/32')
  await expect(form.getByRole('button', { name: 'blocked' })).toHaveAttribute('aria-pressed', 'true')
  await form.getByRole('textbox', { name: 'Name' }).fill('No pod reads the metadata')
  await form.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(rows(app)).toHaveText([/No pod reads the metadata/])
  await expect(rows(app).first()).toContainText('holds')
  await expect(app.page.getByRole('tab', { name: 'expectations.yaml expectations' })).toBeVisible()
  await expect(status(app)).toHaveText('The expectation holds')

  await app.page.getByRole('status').getByRole('button', { name: 'Undo' }).click()
  await expect(app.page.getByRole('tab', { name: /expectations\.yaml/ })).toHaveCount(0)
  await expect(app.inspector.getByText('No expectations yet')).toBeVisible()
})

test('by keyboard alone: add one that fails, go to its YAML, follow its packet, copy the command', async ({
  app,
}) => {
  await app.open()
  await app.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await app.page.keyboard.press('Alt+Shift+A')
  const form = app.inspector.getByRole('form', { name: 'New expectation' })
  await expect(form.getByRole('combobox', { name: 'From' })).toBeFocused()
  await app.page.keyboard.press('Enter')
  await expect(form.getByText(/Say who/).first()).toBeVisible()
  await app.page.keyboard.type('default/web-1')
  await app.page.keyboard.press('Tab')
  await app.page.keyboard.type('169.254.169.254')
  await app.page.keyboard.press('Tab')
  await app.page.keyboard.type('80/TCP')
  await app.page.keyboard.press('Enter')
  await expect(rows(app).first()).toContainText('default/web-1 → 169.254.169.254')
  await expect(rows(app).first()).toContainText('fails')

  await app.inspector.getByRole('listbox', { name: 'Expectations' }).focus()
  await app.page.keyboard.press('ArrowDown')
  const details = app.inspector.getByRole('region', { name: 'The expectation' })
  await expect(details.getByText('not allowed')).toHaveCount(2)
  await details.getByRole('button', { name: 'Go to YAML' }).focus()
  await app.page.keyboard.press('Enter')
  await expect(editorLine(app, 'verdict: allowed')).toBeVisible()

  await app.inspector.getByRole('button', { name: 'Copy the CI command' }).focus()
  await app.page.keyboard.press('Enter')
  await expect(app.inspector.getByText('Copied')).toBeAttached()
  expect(await app.page.evaluate(() => navigator.clipboard.readText())).toBe(
    'netpol-flow check --profile v1.4.45 policies.yaml cluster.yaml expectations.yaml',
  )
  await details.getByRole('button', { name: 'Follow the packet' }).focus()
  await app.page.keyboard.press('Enter')
  await expect(app.page.getByRole('tab', { name: 'Packet' })).toHaveAttribute('aria-selected', 'true')
  await expect(app.inspector.getByRole('combobox', { name: 'Port' })).toHaveValue('80/TCP')
  await expect(app.inspector.getByText('Blocked').first()).toBeVisible()
})

test('one whose end does not exist says so, and stays when the page is opened again', async ({ app }) => {
  await app.open()
  await app.tab('Expectations')
  await app.inspector.getByRole('button', { name: 'Add an expectation' }).click()
  const form = app.inspector.getByRole('form', { name: 'New expectation' })
  await form.getByRole('combobox', { name: 'From' }).fill('default/nobody')
  await form.getByRole('combobox', { name: 'To', exact: true }).fill('outside')
  await form.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(rows(app).first()).toContainText('not checked')
  await rows(app).first().click()
  await expect(app.inspector.getByRole('region', { name: 'The expectation' })).toContainText('default/nobody')

  const fragment = await app.fragment()
  await app.page.goto('about:blank')
  await app.open(fragment)
  await expect(status(app)).toHaveText('The expectation does not hold')
})

for (const theme of ['Light', 'Dark', 'High contrast'])
  test(`no serious finding: Expectations, ${theme}`, async ({ app }) => {
    await openExample(app)
    await chooseTheme(app, theme)
    await rows(app).first().click()
    await expect(app.inspector.getByRole('region', { name: 'The expectation' })).toBeVisible()
    const findings = async (): Promise<readonly string[]> => {
      const { violations } = await new AxeBuilder({ page: app.page })
        // What the selection is not about stands back on purpose.
        .exclude('.react-flow')
        .analyze()
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target.join(' ')}`))
    }
    expect(await findings()).toEqual([])
    await app.inspector.getByRole('button', { name: 'Add an expectation' }).click()
    await expect(app.inspector.getByRole('form', { name: 'New expectation' })).toBeVisible()
    expect(await findings()).toEqual([])
  })
