import type { PacketQuestion } from '../../model/packetTrace.ts'
import type { Scenario } from '../../model/scenario.ts'
import { EMPTY_PACKET } from '../../store/packet.ts'

/** The same question for the command line. The files are those of the scenario, by name. */
export function traceCommand(
  { from, to, traffic, srcPort, state }: PacketQuestion,
  { files, profile }: Pick<Scenario, 'files' | 'profile'>,
): string {
  return [
    'netpol-flow trace',
    `--profile ${profile}`,
    ...(state === 'NEW' ? [] : [`--state ${state}`]),
    ...(srcPort === EMPTY_PACKET.srcPort ? [] : [`--sport ${srcPort}`]),
    ...[from, to, traffic, ...files.map(file => file.name)].map(quoted),
  ].join(' ')
}

/** As a POSIX shell reads it back. */
function quoted(word: string): string {
  return /^[\w./:@%+,-]+$/.test(word) && !word.startsWith('-')
    ? word
    : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
