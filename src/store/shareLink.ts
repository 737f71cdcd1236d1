import { encodeScenario } from '../permalink/codec.ts'
import type { Scenario, SharedScenario } from '../model/scenario.ts'

/** The whole address of a scenario and the way it is looked at, `undefined` when it is too large for a link. */
export function shareAddress(page: string, scenario: SharedScenario): string | undefined {
  const fragment = encodeScenario(scenario)
  return fragment === '' ? undefined : `${page.replace(/#.*$/s, '')}#${fragment}`
}

/** `[name](address)` with what Markdown would read in the name escaped. */
export function markdownLink(name: string, address: string): string {
  return `[${name.replace(/[\\[\]`*_<>]/g, '\\$&').replace(/\s+/g, ' ')}](${address})`
}

/** All files as one YAML stream. */
export function joinFiles(scenario: Scenario): string {
  return scenario.files
    .filter(({ text }) => text.trim() !== '')
    .map(({ name, text }) => {
      const body = text.endsWith('\n') ? text : `${text}\n`
      return scenario.files.length === 1 ? body : `# ${name}\n${body}`
    })
    .join('---\n')
}
