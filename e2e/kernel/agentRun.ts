import { setTimeout as delay } from 'node:timers/promises'
import { startCommands, EMPTY_NODE } from '../../src/engine/azure-npm/start.ts'
import { profileOf } from '../../src/engine/azure-npm/profiles.ts'
import type { Command } from '../../src/engine/azure-npm/agentState.ts'
import type { ProfileId } from '../../src/model/scenario.ts'
import type { Backend } from './abilities.ts'
import type { CommandResult } from './command.ts'
import type { Lab } from './lab.ts'

/** `ipset restore` is run five times at most (§5.5 of the engine's specification). */
const IPSET_RUNS = 5
/** The kernel lets go of a removed rule's sets a moment later: how often to try again, every 20 ms. */
const IN_USE_WAITS = 100
/** Commands of the start that fail on an empty node, as they may. */
const MAY_FAIL = 'iptables -w 60 -D FORWARD -j AZURE-NPM'

/** Does to the node what the agent does when it starts on an empty one. */
export async function runStart(lab: Lab, backend: Backend, profile: ProfileId): Promise<void> {
  for (const { line, stdin } of startCommands(profileOf(profile), EMPTY_NODE)) {
    const [tool = '', ...args] = line.split(' ')
    const { code, stderr } = await lab.run([tool.replace('iptables', `iptables-${backend}`), ...args], stdin)
    if (code !== 0 && line !== MAY_FAIL) throw new Error(`${line}: exit code ${code}: ${stderr.trim()}`)
  }
}

/** Runs one command of a session as the agent does, its retries included. What the tool said when it gave up. */
export async function runAgentCommand(
  lab: Lab,
  backend: Backend,
  command: Command,
): Promise<string | undefined> {
  switch (command.tool) {
    case 'ipset':
      return await restoreSets(lab, command.stdin)
    case 'iptables':
      return refusal(await lab.run([`iptables-${backend}`, '-w', '60', ...command.args.split(' ')]))
    case 'iptables-restore':
      return refusal(
        await lab.run(
          [`iptables-${backend}-restore`, '-w', '60', '-T', 'filter', '--noflush'],
          command.stdin,
        ),
      )
  }
}

function refusal({ code, stderr }: CommandResult): string | undefined {
  return code === 0 ? undefined : stderr.trim()
}

/** §5.5: what stands up to the failing line is in force; the rest runs again, without what hangs on a failed line. */
async function restoreSets(lab: Lab, stdin: string): Promise<string | undefined> {
  let lines = stdin.trimEnd().split('\n')
  let last: string | undefined
  let waits = 0
  for (let run = 0; run < IPSET_RUNS; run++) {
    const result = await lab.run(['ipset', 'restore'], lines.map(line => `${line}\n`).join(''))
    last = refusal(result)
    if (last === undefined) return undefined
    const number = Number(/Error in line (\d+):/.exec(result.stderr)?.[1] ?? 0)
    const failed = lines[number - 1]
    if (failed === undefined) continue
    if (last.includes('in use') && waits++ < IN_USE_WAITS) {
      lines = lines.slice(number - 1)
      run--
      await delay(20)
      continue
    }
    const [verb, set] = failed.split(' ')
    const rest = lines.slice(number)
    lines = verb === '-N' || verb === '-F' ? rest.filter(line => line.split(' ')[1] !== set) : rest
    if (lines.length === 0) return undefined
  }
  return last
}
