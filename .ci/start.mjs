/**
 * `npm start`: installs and builds what is missing or old, then serves the app and prints its address.
 * Arguments go to Vite: `npm start -- --port 8080`.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { checkNode, installPackages, isBuildOld, npm, root } from './project.mjs'

checkNode()
installPackages()
if (isBuildOld()) {
  console.log('Building…')
  if (npm(['run', '--silent', 'build']).status !== 0) process.exit(1)
}
console.log('Netpol Flow is served at the address below; Ctrl+C ends it.')
const server = spawn(
  process.execPath,
  [join(root, 'node_modules/vite/bin/vite.js'), 'preview', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal))
server.on('exit', code => process.exit(code ?? 0))
