/**
 * `npm test`: sets up what the tests need, runs every suite even when an earlier one failed, and ends with one line
 * of counts over all of them. Checks without tests of their own (lint, types, build, sizes) count as one each.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { stripVTControlCharacters } from 'node:util'
import { findChromium } from './chromium.mjs'
import { checkNode, installPackages, npm, root, run, tool } from './project.mjs'

checkNode()
installPackages()
installDebianTools()

/** They skip themselves, and say so, where the kernel cannot be used. */
const KERNEL_CONFIG = 'e2e/kernel/vitest.config.ts'
const reports = mkdtempSync(join(tmpdir(), 'netpol-flow-'))
const total = { passed: 0, failed: 0, skipped: 0 }
const failures = []

suite('lint', () => check(npm(['run', '--silent', 'lint'])))
suite('types', () => check(npm(['run', '--silent', 'typecheck'])))
suite('unit tests', () => vitest('unit'))
suite('build', () => check(npm(['run', '--silent', 'build'])))
suite('sizes', () => check(npm(['run', '--silent', 'size'])))
suite('end to end', playwright)
if (existsSync(join(root, KERNEL_CONFIG))) suite('kernel', () => vitest('kernel', '--config', KERNEL_CONFIG))

rmSync(reports, { recursive: true })
for (const [name, texts] of failures) console.log([`\nFailed: ${name}`, ...texts].join('\n'))
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`)
process.exitCode = total.failed > 0 ? 1 : 0

function suite(name, runSuite) {
  console.log(`\n── ${name}`)
  const start = performance.now()
  const counts = runSuite()
  for (const key of Object.keys(total)) total[key] += counts[key]
  if (counts.failed > 0) failures.push([name, counts.failures ?? []])
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`── ${name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`)
}

function check({ status }) {
  return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

function vitest(name, ...options) {
  const report = join(reports, `${name}.json`)
  const { status } = tool('vitest/vitest.mjs', [
    'run',
    ...options,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  if (!existsSync(report)) return check({ status: 1 })
  const result = JSON.parse(readFileSync(report, 'utf8'))
  // A file that does not even load has no tests to count, and fails all the same.
  const unloaded = result.testResults.filter(
    file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
  )
  return trusted(status, {
    passed: result.numPassedTests,
    failed: result.numFailedTests + unloaded.length,
    skipped: result.numPendingTests + result.numTodoTests,
    failures: [
      ...unloaded.map(file => failureText(file.name, [file.message])),
      ...result.testResults
        .flatMap(file => file.assertionResults)
        .filter(test => test.status === 'failed')
        .map(test => failureText(test.fullName, test.failureMessages)),
    ],
  })
}

function playwright() {
  const chromium = findChromium()
  if (chromium === undefined) {
    console.error(
      'No Chromium or Chrome found. Install one (Debian and Ubuntu: apt-get install chromium; macOS: brew install --cask chromium; Windows: winget install Google.Chrome), or say where it is with CHROMIUM_PATH.',
    )
    return check({ status: 1 })
  }
  const report = join(reports, 'playwright.json')
  const { status } = tool('@playwright/test/cli.js', ['test', '--reporter=list,json'], {
    env: { ...process.env, CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  })
  if (!existsSync(report)) return check({ status: 1 })
  const { stats, errors, suites } = JSON.parse(readFileSync(report, 'utf8'))
  return trusted(status, {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
    failures: [
      ...errors.map(error => failureText('outside the tests', allErrors({ errors: [error] }))),
      ...suites
        .flatMap(specsOf)
        .filter(spec => !spec.ok)
        .map(({ title, tests }) =>
          failureText(
            title,
            tests.flatMap(({ results }) => results.flatMap(allErrors)),
          ),
        ),
    ],
  })
}

/** An error that is no `Error` has a value instead of a message. */
function allErrors({ errors }) {
  return errors.map(({ message, value }) => message ?? `${value}`)
}

/** The tests of a Playwright suite and of those inside it. */
function specsOf({ specs, suites = [] }) {
  return [...specs, ...suites.flatMap(specsOf)]
}

/** What failed and why, again at the end, where a long log is read first. */
function failureText(title, messages) {
  return [
    `  ${title}`,
    ...messages.flatMap(message => stripVTControlCharacters(message).split('\n').slice(0, 12)),
  ].join('\n    ')
}

/** A runner that ends in failure without a failed test, or that found none, has failed. */
function trusted(status, counts) {
  const hidden = counts.failed === 0 && (status !== 0 || counts.passed + counts.skipped === 0)
  return hidden ? { ...counts, failed: 1 } : counts
}

/** The browser and the kernel tools, where this is Debian and we may install them. Does nothing when all are there. */
function installDebianTools() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return
  const { status } = run('bash', [join(root, '.ci/install-debian.sh')])
  if (status !== 0) console.error("Could not install Debian's packages; going on with what is here.")
}
