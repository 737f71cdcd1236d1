import AxeBuilder from '@axe-core/playwright'
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, test, type AppPage } from './fixtures/appPage.ts'

// Each look of axe at the whole page takes seconds.
test.setTimeout(150_000)

const VIEWS = ['Flow', 'Focus', 'Policy', 'Matrix', 'List'] as const

async function openExample({ page, open, flow }: AppPage, name: RegExp): Promise<void> {
  await open()
  await page.getByRole('button', { name: 'Examples' }).click()
  await page.getByRole('menuitem', { name }).click()
  await expect(flow.getByLabel(/Namespace shop/).first()).toBeAttached()
}

async function seriousFindings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).include('[data-pane=flow]').analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target.join(' ')}`))
}

test('all five views, by keyboard alone', async ({ app }) => {
  await openExample(app, /Three-tier/)
  const { page, flow } = app
  await page.keyboard.press('Alt+6')
  await expect(flow.getByRole('tab', { name: 'Focus' })).toHaveAttribute('aria-selected', 'true')
  await page.locator('[data-field="subject"]').focus()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type('shop/db-0')
  await page.keyboard.press('Escape')
  await expect(app.edge(/shop\/frontend.* to shop\/db-0: blocked/)).toBeAttached()
  await expect(flow.getByLabel(/May come in/)).toBeAttached()
  await expect(flow.getByLabel(/Blocked from coming in, .* not let in by db/)).toBeAttached()

  await page.keyboard.press('Alt+7')
  await expect(flow.getByRole('tab', { name: 'Policy' })).toHaveAttribute('aria-selected', 'true')
  await page.locator('[data-field="subject"]').focus()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type('shop/db')
  await page.keyboard.press('Escape')
  await expect(flow.getByLabel(/It lets in/)).toBeAttached()

  await page.keyboard.press('Alt+8')
  const grid = flow.getByRole('grid')
  await expect(grid).toBeVisible()
  await grid.locator('[tabindex="0"]').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await expect(grid.locator('[tabindex="0"]')).toBeFocused()

  await page.keyboard.press('Alt+9')
  const rows = flow.getByRole('table', { name: 'Flows' }).getByRole('row')
  await expect(rows.nth(1)).toBeVisible()
  await rows.nth(1).focus()
  await page.keyboard.press('ArrowDown')
  await expect(rows.nth(2)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(app.inspector).toContainText('Kubernetes promises')

  await page.keyboard.press('Alt+5')
  await expect(flow.getByRole('tab', { name: 'Flow', exact: true })).toHaveAttribute('aria-selected', 'true')
  // The flow that was chosen in the list is the one that comes forward in the picture.
  await expect(flow.locator('.react-flow__edge[data-lit]')).toHaveCount(1)
})

test('keys lead along lines, to their other end and to what can be done there', async ({ app }) => {
  await openExample(app, /Three-tier/)
  const { page, flow } = app
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-id') ?? '')
  await flow.locator('.react-flow__node-leaf').filter({ hasText: 'db' }).first().focus()
  const start = await focused()
  await page.keyboard.press('e')
  const first = await focused()
  expect(first).toContain(' > ')
  expect(first.split(' > ')).toContain(start)
  await page.keyboard.press('Enter')
  await expect(app.inspector).toContainText('Kubernetes promises')
  await page.keyboard.press('o')
  expect(await focused()).toBe(first.split(' > ').find(end => end !== start))

  await page.keyboard.press('Shift+F10')
  const menu = page.getByRole('menu')
  await expect(menu.getByRole('menuitem').first()).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(menu).toHaveCount(0)
  expect(await focused()).not.toBe('')
  await page.keyboard.press('Shift+F10')
  await page.keyboard.press('Enter')
  await expect(flow.getByRole('tab', { name: 'Focus' })).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Alt+B')
  await expect(flow.getByRole('tab', { name: 'Flow', exact: true })).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Alt+Shift+B')
  await expect(flow.getByRole('tab', { name: 'Focus' })).toHaveAttribute('aria-selected', 'true')
})

test('the menu of a node, a line, a row and a cell', async ({ app }) => {
  await openExample(app, /Three-tier/)
  const { page, flow } = app
  const item = (name: RegExp | string) => page.getByRole('menu').getByRole('menuitem', { name })
  await flow.locator('.react-flow__node-leaf').filter({ hasText: 'db' }).first().click({ button: 'right' })
  await item('Follow a packet to here').click()
  await expect(app.inspector.getByRole('combobox', { name: 'To', exact: true })).toHaveValue(/^shop\/db/)
  await expect(app.inspector.getByRole('combobox', { name: 'From', exact: true })).toBeFocused()

  await flow.locator('.flow-label').first().click({ button: 'right' })
  await item('Explain this flow').click()
  await expect(app.inspector).toContainText('Kubernetes promises')

  await page.keyboard.press('Alt+9')
  const row = flow.getByRole('row').filter({ hasText: 'blocked' }).first()
  await row.focus()
  await page.keyboard.press('Shift+F10')
  await item('Expect this verdict').click()
  await expect(app.inspector).toContainText('New expectation')
  await expect(app.inspector.getByRole('button', { name: 'blocked', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  )

  await page.keyboard.press('Alt+8')
  await flow.locator('[role=gridcell][data-verdict=blocked]').first().click({ button: 'right' })
  await item(/^YAML of/)
    .first()
    .click()
  await expect(app.policies.locator('.monaco-editor').first()).toBeVisible()
  await expect(page.getByRole('menu')).toHaveCount(0)
})

test('a card says why, keeps off what it is about, and Escape puts it away', async ({ app }) => {
  await app.open()
  const { page, flow } = app
  const label = flow.locator('.flow-label').filter({ hasText: 'blocked' }).first()
  await label.hover()
  const card = flow.getByRole('tooltip')
  await expect(card).toContainText('restrict-instance-metadata isolates default/web-1')
  const [of, over] = [await label.boundingBox(), await card.boundingBox()]
  if (of === null || over === null) throw new Error('both are drawn')
  const apart =
    over.y >= of.y + of.height ||
    over.y + over.height <= of.y ||
    over.x >= of.x + of.width ||
    over.x + over.width <= of.x
  expect(apart).toBe(true)
  await page.keyboard.press('Escape')
  await expect(card).toHaveCount(0)
})

test('a link keeps view and filters', async ({ app }) => {
  await openExample(app, /Three-tier/)
  const { page, flow } = app
  await page.keyboard.press('/')
  await expect(flow.getByRole('searchbox')).toBeFocused()
  await page.keyboard.type('db')
  await expect(flow.getByRole('searchbox')).toHaveValue('db')
  await page.keyboard.press('Alt+G')
  const filters = page.getByRole('dialog', { name: 'Filters' })
  await filters.getByLabel('✕ blocked').check()
  await filters.getByLabel('Port and protocol').fill('5432/TCP')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await expect(flow.getByRole('list', { name: 'Active filters' })).toContainText('5432/TCP')
  await page.keyboard.press('Alt+9')
  const rows = flow.getByRole('table', { name: 'Flows' })
  await expect(rows.getByRole('row').filter({ hasText: 'blocked' }).first()).toBeVisible()
  await expect(rows.getByRole('row').filter({ hasText: 'allowed' })).toHaveCount(0)
  const count = await rows.getAttribute('aria-rowcount')
  const link = await app.fragment()

  await page.goto('about:blank')
  await app.open(link)
  await expect(flow.getByRole('tab', { name: 'List' })).toHaveAttribute('aria-selected', 'true')
  await expect(flow.getByRole('searchbox')).toHaveValue('db')
  await expect(flow.getByRole('list', { name: 'Active filters' })).toContainText('blocked')
  await expect(flow.getByRole('list', { name: 'Active filters' })).toContainText('5432/TCP')
  await expect(rows).toHaveAttribute('aria-rowcount', count ?? '')
})

test('what an edit closes and opens is marked against the base', async ({ app }) => {
  await app.open()
  const { page, flow } = app
  await page.keyboard.press('Alt+G')
  await page.getByRole('button', { name: 'Keep this as the base', exact: true }).click()
  await page.keyboard.press('Escape')
  const text = await readFile(
    new URL('../src/ui/examples/instance-metadata-policies.yaml', import.meta.url),
    'utf8',
  )
  await app.paste(text.replaceAll('169.254.169.254/32', '10.9.0.0/16'))
  await expect(app.edge(/10\.9\.0\.0\/16: .*closed since the base/).first()).toBeAttached()
  await expect(flow.getByRole('status')).toContainText('changed')
  await page.keyboard.press('Alt+9')
  await expect(flow.getByRole('columnheader', { name: 'Since the base' })).toBeVisible()
  await expect(flow.getByRole('row').filter({ hasText: 'closed' }).first()).toBeVisible()
})

test('a node stays where it was put: over edits, other views and undo of views', async ({ app }) => {
  await app.open()
  const { page, flow } = app
  const node = flow.locator('.react-flow__node[data-id="pod:default/web-1"]')
  const other = flow.locator('.react-flow__node[data-id="pod:default/web-2"]')
  const gap = async () => {
    const [a, b] = [await node.boundingBox(), await other.boundingBox()]
    return a === null || b === null ? undefined : Math.round((b.x - a.x) / (a.width / 100))
  }
  const before = await gap()
  await node.focus()
  for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+ArrowLeft')
  const after = await gap()
  expect(after).toBeGreaterThan(before ?? 0)
  await page.keyboard.press('Alt+8')
  await page.keyboard.press('Alt+5')
  await expect.poll(gap).toBe(after)
  await page.keyboard.press('Alt+6')
  await expect(flow.getByLabel(/May come in/)).toBeAttached()
  await page.keyboard.press('Alt+B')
  await expect.poll(gap).toBe(after)
  await page.keyboard.press('Alt+Shift+L')
  await expect.poll(gap).toBe(before)
})

test('the picture and the list are taken along', async ({ app }) => {
  await app.open()
  const { page, flow } = app
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const take = async (name: string) => {
    await page.keyboard.press('Alt+Shift+E')
    const download = page.waitForEvent('download')
    await page.getByRole('menuitem', { name }).click()
    return readFile(await (await download).path())
  }
  const svg = (await take('Download the picture as SVG')).toString('utf8')
  const wrong = await page.evaluate(text => {
    const read = new DOMParser().parseFromString(text, 'image/svg+xml')
    return read.querySelector('parsererror')?.textContent ?? read.documentElement.tagName
  }, svg)
  expect(wrong).toBe('svg')
  expect(svg).toContain('web-1')
  expect(svg).toContain('prefers-color-scheme:dark')

  const png = await take('Download the picture as PNG')
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG')
  expect(png.length).toBeGreaterThan(5_000)
  expect((await take('Download the picture as Mermaid')).toString()).toContain('flowchart')
  expect((await take('Download the picture as dot')).toString()).toContain('digraph')

  const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
  await page.keyboard.press('Alt+Shift+E')
  await page.getByRole('menuitem', { name: 'Copy the picture as Mermaid' }).click()
  await expect(page.getByText('Picture copied as Mermaid')).toBeVisible()
  expect(await clipboard()).toContain('flowchart')
  await page.keyboard.press('Alt+9')
  await flow.getByRole('button', { name: 'Copy CSV' }).click()
  await expect(page.getByText('Rows copied as CSV')).toBeVisible()
  expect((await clipboard()).trim().split('\n')).toHaveLength(19)
  await flow.getByRole('button', { name: 'Copy Markdown' }).click()
  await expect(page.getByText('Rows copied as Markdown')).toBeVisible()
  expect(await clipboard()).toContain('| --- |')
})

for (const theme of ['Light', 'Dark', 'High contrast'])
  test(`no serious finding in any view: ${theme}`, async ({ app }) => {
    await openExample(app, /Three-tier/)
    const { page } = app
    await page.getByRole('button', { name: 'Theme' }).click()
    await page.getByRole('menuitemradio', { name: theme }).click()
    for (const view of VIEWS) {
      await app.flow.getByRole('tab', { name: view, exact: true }).click()
      await expect(app.flow.getByRole('tabpanel')).not.toContainText('Reading the policies')
      expect(await seriousFindings(page)).toEqual([])
    }
    await page.keyboard.press('Alt+G')
    expect(await seriousFindings(page)).toEqual([])
  })
