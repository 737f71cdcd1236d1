/** Why a link cannot be opened. */
export interface LinkProblem {
  readonly code: LinkProblemCode
  /** One or two sentences for the person who opened it. */
  readonly message: string
}

export type LinkProblemCode =
  | 'not-a-link'
  /** A format, dictionary or data plane profile that this version does not know. */
  | 'newer-version'
  /** Ends too early: cut by a chat or mail program. */
  | 'truncated'
  /** Length or checksum differ from what was shared. */
  | 'altered'
  | 'too-large'
  /** Arrived unharmed, but holds no scenario: made by another program. */
  | 'invalid'

const MESSAGES: Readonly<Record<LinkProblemCode, string>> = {
  'not-a-link': 'This address holds no shared scenario.',
  'newer-version':
    'This link was made by a newer version of Netpol Flow. Open it with that version, or ask for the files.',
  truncated:
    'This link is incomplete: its end is missing, as when a chat or mail program cuts long addresses. Ask for the whole link or for the files.',
  altered: 'This link was altered on its way and cannot be trusted. Ask for it again.',
  'too-large': 'This link holds more than 2 MiB of text, which is more than Netpol Flow opens from a link.',
  invalid: 'This link arrived whole but holds no scenario that Netpol Flow can read.',
}

export function linkProblem(code: LinkProblemCode): LinkProblem {
  return { code, message: MESSAGES[code] }
}
