import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

export const root = join(import.meta.dirname, '..')

/** Node's own programs only: this runs before any package is there. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`Netpol Flow needs Node 20.19 or newer; this is ${process.versions.node}.`)
  process.exit(1)
}

/** Runs `npm ci` unless node_modules holds just what the lock file says. Exits when that fails. */
export function installPackages() {
  if (packagesMatchLock()) return
  console.log('Installing packages (npm ci)…')
  if (npm(['ci']).status === 0) return
  console.error('npm ci failed: is the npm registry reachable?')
  process.exit(1)
}

/**
 * npm notes what it installed in node_modules/.package-lock.json. Packages for other platforms are missing there,
 * which is how it should be.
 */
function packagesMatchLock() {
  const installed = readPackages(join(root, 'node_modules/.package-lock.json'))
  const wanted = readPackages(join(root, 'package-lock.json'))
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || installed[path]?.version === version || (optional && !(path in installed)),
  )
}

function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {}
}

export function npm(args) {
  const cli = process.env.npm_execpath
  return cli === undefined
    ? run('npm', args, { shell: process.platform === 'win32' })
    : run(process.execPath, [cli, ...args])
}

/** A package's command by its file: the same on every platform, and no registry is asked. */
export function tool(file, args, options) {
  return run(process.execPath, [join(root, 'node_modules', file), ...args], options)
}

export function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options })
}

/** Whether something that the build reads is newer than what it made. */
export function isBuildOld() {
  const built = join(root, 'dist/index.html')
  if (!existsSync(built)) return true
  const inputs = ['src', 'public', 'index.html', 'vite.config.ts', 'package-lock.json']
  return Math.max(...inputs.map(name => newest(join(root, name)))) > statSync(built).mtimeMs
}

function newest(path) {
  if (!existsSync(path)) return 0
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map(name => newest(join(path, name))))
}
