import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from './fixtures/appPage.ts'

// Each look of axe at the whole page takes seconds.
test.setTimeout(150_000)

async function seriousFindings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(node => `${id}: ${node.target.join(' ')}\n${node.failureSummary ?? ''}`),
    )
}

for (const theme of ['Light', 'Dark', 'High contrast'])
  test(`no serious finding: ${theme}`, async ({ app }) => {
    await app.open()
    await app.page.getByRole('button', { name: 'Theme' }).click()
    await app.page.getByRole('menuitemradio', { name: theme }).click()
    await app.problems.getByRole('button', { name: /Problems/ }).click()
    for (const tab of ['iptables', 'ipsets', 'Explain']) {
      await app.tab(tab)
      expect(await seriousFindings(app.page)).toEqual([])
    }
    await app.flow.getByRole('tab', { name: 'List' }).click()
    expect(await seriousFindings(app.page)).toEqual([])
    await app.page.getByRole('button', { name: 'Command palette' }).click()
    await expect(app.page.getByRole('dialog').getByRole('combobox')).toBeFocused()
    expect(await seriousFindings(app.page)).toEqual([])
  })

test('no serious finding on a narrow screen', async ({ app }) => {
  await app.page.setViewportSize({ width: 390, height: 800 })
  await app.page.goto('/')
  await expect(app.flow.locator('.react-flow__edge').first()).toBeAttached()
  expect(await seriousFindings(app.page)).toEqual([])
})

test('what is chosen shows where the system sets the colours', async ({ app }) => {
  await app.page.emulateMedia({ forcedColors: 'active' })
  await app.open()
  const ground = (locator: Locator, part?: string) =>
    locator.evaluate((element, pseudo) => getComputedStyle(element, pseudo).backgroundColor, part)
  const highlight = await app.page.evaluate(() => {
    const sample = document.body.appendChild(document.createElement('i'))
    sample.style.cssText = 'forced-color-adjust: none; background: Highlight'
    const colour = getComputedStyle(sample).backgroundColor
    sample.remove()
    return colour
  })
  const button = (name: string) => app.page.getByRole('button', { name, exact: true })
  await app.tab('Matrix')
  await button('Namespaces').click()
  const chosen = [
    await ground(button('-nvL')),
    await ground(button('Namespaces')),
    await ground(app.page.getByRole('tab', { name: 'Matrix', exact: true })),
    await ground(app.page.getByRole('tab', { name: 'iptables', exact: true }), '::after'),
    await ground(app.policies.locator('[data-active=true]'), '::after'),
  ]
  expect(chosen).toEqual(chosen.map(() => highlight))
  expect(await ground(button('save'))).not.toBe(highlight)
  expect(await ground(app.page.getByRole('tab', { name: 'List', exact: true }))).not.toBe(highlight)
})

test('follows the system’s dark setting', async ({ app }) => {
  await app.page.emulateMedia({ colorScheme: 'dark' })
  await app.open()
  await expect(app.page.locator('html')).toHaveAttribute('data-theme', 'dark')
})
