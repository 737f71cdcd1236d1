import type { PacketQuestion } from '../../model/packetTrace.ts'
import type { Scenario } from '../../model/scenario.ts'
import { fileKindOf, isDump, type FileKind } from '../../store/fileKind.ts'
import { EMPTY_PACKET } from '../../store/packet.ts'
import { shellWord } from '../../store/shellWord.ts'

/** The same question for the command line. Files are called as in the scenario. */
export function traceCommand(
  { from, to, traffic, srcPort, state, rules, hook }: PacketQuestion,
  { files, profile }: Pick<Scenario, 'files' | 'profile'>,
): string {
  const dumps = (kinds: readonly FileKind[]): readonly string[] =>
    files.filter(file => kinds.includes(fileKindOf(file))).map(({ name }) => shellWord(name))
  const command =
    rules === 'policies'
      ? ['trace', `--profile ${profile}`]
      : [
          'simulate',
          ...dumps(['iptables', 'both']).map(name => `--iptables ${name}`),
          ...dumps(['ipset', 'both']).map(name => `--ipset ${name}`),
          ...(hook === EMPTY_PACKET.hook ? [] : [`--hook ${hook}`]),
        ]
  return [
    'netpol-flow',
    ...command,
    ...(state === EMPTY_PACKET.state ? [] : [`--state ${state}`]),
    ...(srcPort === EMPTY_PACKET.srcPort ? [] : [`--sport ${srcPort}`]),
    ...[from, to, traffic].map(text => shellWord(text.trim())),
    ...files.filter(file => !isDump(file)).map(({ name }) => shellWord(name)),
  ].join(' ')
}
