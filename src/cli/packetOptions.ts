import { CT_STATES } from '../analysis/packet/packetEnds.ts'
import type { CtState } from '../model/packet.ts'
import { failed, ok, type Result } from '../model/result.ts'
import { textOption, type Options } from './command.ts'

/** An unprivileged port, as a client would have; no rule of azure-npm looks at it. */
const CLIENT_PORT = 40000

/** `--state`, in any case; NEW where it is not given. */
export function stateOf(options: Options): Result<CtState, string> {
  const text = textOption(options, 'state') ?? 'NEW'
  const state = CT_STATES.find(known => known === text.toUpperCase())
  return state === undefined ? failed(`--state must be one of ${CT_STATES.join(', ')}`) : ok(state)
}

/** `--sport`: where the packet comes from. */
export function sourcePortOf(options: Options): Result<number, string> {
  const text = textOption(options, 'sport')
  if (text === undefined) return ok(CLIENT_PORT)
  return /^[0-9]{1,5}$/.test(text) && Number(text) <= 65535
    ? ok(Number(text))
    : failed(`--sport: ${text} is no port number (0–65535)`)
}
