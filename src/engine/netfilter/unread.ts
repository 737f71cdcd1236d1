import type { Match, Rule } from '../../model/ruleset.ts'

/** The module and the target of a rule that stands where something could not be read. No kernel has it. */
const UNREAD = 'unread'

/** Why nobody knows what the target does; undefined for every other target. */
export function unreadTarget({
  name,
  args,
}: {
  readonly name: string
  readonly args: readonly string[]
}): string | undefined {
  return name === UNREAD ? (args[0] ?? '') : undefined
}

/**
 * A rule of which nobody knows what it matches nor what it does, in the place of a line that could not be read, or at
 * the end of a chain whose last rules may be missing: a packet that meets it has no sure verdict.
 */
export function unreadRule(reason: string, text: string): Rule {
  return {
    matches: [{ kind: 'other', module: UNREAD, args: [reason, text] }],
    target: { kind: 'other', name: UNREAD, args: [reason], terminates: true },
  }
}

/** Why the match is unknown and the line that stood there; undefined for every other match. */
export function unreadOf(
  match: Match | undefined,
): { readonly reason: string; readonly text: string } | undefined {
  if (match?.kind !== 'other' || match.module !== UNREAD) return undefined
  const [reason = '', text = ''] = match.args
  return { reason, text }
}
