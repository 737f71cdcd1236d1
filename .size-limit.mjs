import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ASSETS = 'dist/assets'

export default [
  { name: 'entry script, before Monaco', path: loadedWith('index-'), gzip: true, limit: '250 KB' },
  { name: 'analysis worker', path: loadedWith('analysisWorker-'), gzip: true, limit: '160 KB' },
]

/** The script and all that must be there before it runs: what it imports only when it is needed does not count. */
function loadedWith(name) {
  const all = readdirSync(ASSETS).filter(file => file.endsWith('.js'))
  const loaded = new Set(all.filter(file => file.startsWith(name)))
  for (const file of loaded)
    for (const [, other] of readFileSync(join(ASSETS, file), 'utf8').matchAll(
      /(?:from|import)\s*["']\.\/([^"']+\.js)["']/g,
    ))
      loaded.add(other)
  if (loaded.size === 0) throw new Error(`${ASSETS} holds no ${name}*.js: build first`)
  return [...loaded].map(file => join(ASSETS, file))
}
