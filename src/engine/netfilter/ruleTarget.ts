import type { Target } from '../../model/ruleset.ts'
import { parseMark, parseUint32 } from './ruleOptions.ts'
import type { RuleFault } from './ruleOptions.ts'

/** Extension targets after which the kernel goes on with the next rule and which leave the packet's mark alone. */
const CONTINUING: ReadonlySet<string> = new Set([
  'LOG',
  'NFLOG',
  'ULOG',
  'TRACE',
  'AUDIT',
  'CHECKSUM',
  'CLASSIFY',
  'CONNSECMARK',
  'DSCP',
  'ECN',
  'HL',
  'IDLETIMER',
  'LED',
  'RATEEST',
  'SECMARK',
  'SET',
  'TCPMSS',
  'TCPOPTSTRIP',
  'TEE',
  'TOS',
  'TTL',
])

const TERMINATING: ReadonlySet<string> = new Set([
  'CT',
  'CLUSTERIP',
  'DNAT',
  'HMARK',
  'MASQUERADE',
  'NETMAP',
  'NFQUEUE',
  'NOTRACK',
  'QUEUE',
  'REDIRECT',
  'SNAT',
  'SYNPROXY',
  'TPROXY',
  'CONNMARK',
])

/** A word after `-j` with the words that are its options. */
export interface TargetDraft {
  readonly name: string
  readonly goto: boolean
  readonly args: string[]
}

/** CONNMARK restores marks only with that option; without it the packet stays as it is. */
function terminates(draft: TargetDraft): boolean {
  if (draft.name === 'CONNMARK') return draft.args.includes('--restore-mark')
  return !CONTINUING.has(draft.name)
}

/** MARK's five spellings; CONNMARK has the same. */
export function markTarget(args: readonly string[]): Target | RuleFault {
  const [operation, operand = ''] = args
  const plain = parseUint32(operand)
  if (args.length !== 2) return { fault: 'bad-mark' }
  if (operation === '--set-mark' || operation === '--set-xmark') {
    const mark = parseMark(operand)
    if (mark === undefined) return { fault: 'bad-mark' }
    const mask = operation === '--set-mark' ? (mark.value | mark.mask) >>> 0 : mark.mask
    return { kind: 'mark', value: mark.value, mask }
  }
  if (plain === undefined) return { fault: 'bad-mark' }
  if (operation === '--and-mark') return { kind: 'mark', value: 0, mask: ~plain >>> 0 }
  if (operation === '--or-mark') return { kind: 'mark', value: plain, mask: plain }
  if (operation === '--xor-mark') return { kind: 'mark', value: plain, mask: 0 }
  return { fault: 'bad-mark' }
}

/** A name that is neither a chain nor a known target stays a jump: the walk then says that the chain is missing. */
export function finishTarget(
  draft: TargetDraft | undefined,
  hasChain: (name: string) => boolean,
): Target | RuleFault {
  if (draft === undefined) return { kind: 'none' }
  const { name, args } = draft
  if (draft.goto || hasChain(name)) {
    if (args.length > 0) return { fault: 'unknown-option' }
    return { kind: draft.goto ? 'goto' : 'jump', chain: name }
  }
  if (name === 'ACCEPT' || name === 'DROP' || name === 'RETURN') {
    if (args.length > 0) return { fault: 'unknown-option' }
    return name === 'RETURN' ? { kind: 'return' } : { kind: 'verdict', verdict: name }
  }
  if (name === 'REJECT')
    return { kind: 'reject', args: args.length === 0 ? ['--reject-with', 'icmp-port-unreachable'] : args }
  if (name === 'MARK') return markTarget(args)
  if (args.length > 0 || CONTINUING.has(name) || TERMINATING.has(name))
    return { kind: 'other', name, args, terminates: terminates(draft) }
  return { kind: 'jump', chain: name }
}
