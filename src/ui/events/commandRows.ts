import type { Origin } from '../../model/origin.ts'
import type { AgentCommand } from '../../model/protocol.ts'

/** A row of the listing: a command, or one line of what it reads. */
export interface CommandRow {
  readonly kind: 'command' | 'line'
  readonly text: string
  readonly origin: Origin
  readonly tool: AgentCommand['tool']
  /** The commands are numbered from 1. */
  readonly number: number
}

export function commandRows(commands: readonly AgentCommand[]): readonly CommandRow[] {
  return commands.flatMap(({ tool, command, lines, origin }, i) => [
    { kind: 'command' as const, text: command, origin, tool, number: i + 1 },
    ...lines.map(line => ({ kind: 'line' as const, ...line, tool, number: i + 1 })),
  ])
}

/** The commands as a shell takes them. */
export function shellText(commands: readonly AgentCommand[]): string {
  return commands
    .map(({ tool, command, lines }) =>
      tool === 'iptables'
        ? `${command}\n`
        : `${command} <<'EOF'\n${lines.map(({ text }) => `${text}\n`).join('')}EOF\n`,
    )
    .join('')
}
