import { expect, test } from './fixtures/appPage.ts'

test('the palette opens an example', async ({ app }) => {
  await app.open()
  await app.page.keyboard.press('Control+K')
  const palette = app.page.getByRole('dialog', { name: 'Command palette' })
  await expect(palette.getByRole('combobox')).toBeFocused()
  await app.page.keyboard.type('named ports')
  await app.page.keyboard.press('Enter')
  await expect(palette).toBeHidden()
  await expect(app.page.getByLabel('Scenario name')).toHaveValue('Named ports')
})

test('? lists the shortcuts, Escape closes', async ({ app }) => {
  await app.open()
  await app.page.keyboard.press('?')
  const help = app.page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(help).toBeVisible()
  await expect(help).toContainText('Command palette')
  await app.page.keyboard.press('Escape')
  await expect(help).toBeHidden()
})

test('a flow is chosen and explained without a mouse', async ({ app }) => {
  await app.open()
  await app.flow.getByRole('tab', { name: 'Flow', exact: true }).focus()
  await app.page.keyboard.press('ArrowLeft')
  await expect(app.flow.getByRole('tab', { name: 'List' })).toBeFocused()
  const rows = app.flow.getByRole('table', { name: 'Flows' }).getByRole('row')
  await expect(rows.nth(1)).toBeVisible()
  const first = app.flow.locator('[role=row][tabindex="0"]').first()
  for (let i = 0; i < 30 && !(await first.evaluate(row => row === document.activeElement)); i++)
    await app.page.keyboard.press('Tab')
  await expect(first).toBeFocused()
  await app.page.keyboard.press('Enter')
  await app.page.keyboard.press('Alt+X')
  await expect(app.inspector).toContainText('Kubernetes promises')
  await expect(app.inspector).toContainText('169.254.169.254/32')
  await app.page.keyboard.press('Escape')
  await expect(app.inspector).not.toContainText('Kubernetes promises')
})

test('an edge of the graph takes the focus and Enter', async ({ app }) => {
  await app.open()
  await app.tab('Explain')
  await app
    .edge(/169\.254\.169\.254\/32: blocked/)
    .first()
    .focus()
  await app.page.keyboard.press('Enter')
  await expect(app.inspector).toContainText('Kubernetes promises')
})
