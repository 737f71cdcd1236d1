import { join } from 'node:path'
import { expect, test } from './fixtures/appPage.ts'
import { serveUnder } from './fixtures/staticServer.ts'

test('the built folder works under any path of a plain file host', async ({ app }) => {
  const host = await serveUnder('/team/x/', join(import.meta.dirname, '../dist'))
  try {
    await app.open('', host.address)
    await expect(app.edge(/169\.254\.169\.254\/32: blocked/).first()).toBeAttached()
    const fragment = await app.fragment()
    expect(app.page.url()).toBe(`${host.address}#${fragment}`)
  } finally {
    await host.stop()
  }
})
