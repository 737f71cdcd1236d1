import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { appPage, expect, test } from './fixtures/appPage.ts'

const folder = join(import.meta.dirname, 'links')
const links = readdirSync(folder).filter(name => name.endsWith('.link'))
const read = (name: string) => readFileSync(join(folder, name), 'utf8').trim()

test('a link shows a colleague the same picture', async ({ app, browser }) => {
  await app.open()
  await app.page.getByRole('button', { name: 'Examples' }).click()
  await app.page.getByRole('menuitem', { name: /Three-tier/ }).click()
  await expect(app.page.getByLabel('Scenario name')).toHaveValue(/Three-tier/)
  const fragment = await app.fragment()
  const pictureOf = (page: typeof app) =>
    page.flow
      .locator('.react-flow__edge')
      .evaluateAll(edges => edges.map(e => e.getAttribute('aria-label')).sort())

  const context = await browser.newContext()
  const colleague = appPage(await context.newPage())
  await colleague.open(fragment)
  await expect(colleague.page.getByLabel('Scenario name')).toHaveValue(/Three-tier/)
  const picture = await pictureOf(app)
  expect(picture.length).toBeGreaterThan(2)
  await expect.poll(() => pictureOf(colleague)).toEqual(picture)
  await context.close()
})

for (const name of links)
  test(`the released link ${name} opens`, async ({ app }) => {
    const { files } = JSON.parse(read(name.replace(/link$/, 'json'))) as { files: { name: string }[] }
    await app.open(read(name))
    await expect(app.alert).toHaveCount(0)
    for (const file of files) await expect(app.policies.getByRole('tab', { name: file.name })).toBeVisible()
    expect(await app.fragment()).toBe(read(name))
  })

test('Share copies an address that opens this scenario', async ({ app }) => {
  await app.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await app.open()
  await app.page.getByRole('button', { name: 'Share' }).click()
  await app.page.getByRole('menuitem', { name: /^Copy link/ }).click()
  await expect(app.page.getByText('Copied', { exact: true })).toBeVisible()
  const copied = await app.page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#v1=[\w-]+$/)
  expect(copied.split('#')[1]).toBe(await app.fragment())
})

for (const [what, damage, message] of [
  ['cut', (link: string) => link.slice(0, 90), /incomplete/],
  ['altered', (link: string) => `${link.slice(0, 60)}AAAA${link.slice(64)}`, /altered|incomplete/],
  ['newer', (link: string) => link.replace('v1=', 'v7='), /newer version/],
  ['foreign', () => 'nonsense', /no shared scenario/],
] as const)
  test(`a link that is ${what} says so and takes nothing away`, async ({ app }) => {
    await app.open()
    await app.paste('apiVersion: v1\nkind: Namespace\nmetadata:\n  name: my-own-work\n')
    await expect(app.policies).toContainText('my-own-work')
    await app.fragment()
    await app.page.goto('about:blank')

    await app.open(damage(read('v1-instance-metadata.link')))
    await expect(app.alert).toContainText(message)
    await expect(app.policies).toContainText('my-own-work')
  })

test('a link that is opened beside own work keeps that work', async ({ app }) => {
  await app.open()
  await app.paste('apiVersion: v1\nkind: Namespace\nmetadata:\n  name: my-own-work\n')
  await expect(app.policies).toContainText('my-own-work')
  await app.fragment()
  await app.page.goto('about:blank')
  await app.open(read('v1-one-policy.link'))
  await expect(app.policies).not.toContainText('my-own-work')
  await app.page.getByRole('button', { name: 'Back to my work' }).click()
  await expect(app.policies).toContainText('my-own-work')
})
