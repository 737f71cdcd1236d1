import type { Ipv4Prefix } from '../../model/ip.ts'
import type { Match, Rule, SetDimension } from '../../model/ruleset.ts'
import { ICMP, SCTP, TCP, UDP, parseProtocol, protocolName } from './protocolNames.ts'
import { otherAddress } from './addressNames.ts'
import { isFault, parseAddresses, parseCtStates, parseMark, parsePorts } from './ruleOptions.ts'
import type { RuleFault } from './ruleOptions.ts'
import { finishTarget } from './ruleTarget.ts'
import type { TargetDraft } from './ruleTarget.ts'

/** A loaded match module: what is modelled of it, and its words in case something is not. */
interface ModuleDraft {
  readonly module: string
  readonly words: string[]
  readonly matches: Match[]
  opaque: boolean
}

interface RuleDraft {
  sources: readonly Ipv4Prefix[]
  destinations: readonly Ipv4Prefix[]
  /** Addresses in other words than the model's. */
  readonly addresses: Match[]
  readonly inverted: Set<string>
  inInterface: string | undefined
  outInterface: string | undefined
  protocol: number | undefined
  /** `-f`: whether the packet is to be a later fragment. */
  fragment: boolean | undefined
  readonly modules: ModuleDraft[]
  target: TargetDraft | undefined
  current: ModuleDraft | TargetDraft | undefined
  counters: { readonly packets: number; readonly bytes: number } | undefined
}

const LONG_OPTIONS: ReadonlyMap<string, string> = new Map([
  ['--protocol', '-p'],
  ['--proto', '-p'],
  ['--source', '-s'],
  ['--src', '-s'],
  ['--destination', '-d'],
  ['--dst', '-d'],
  ['--in-interface', '-i'],
  ['--out-interface', '-o'],
  ['--match', '-m'],
  ['--jump', '-j'],
  ['--goto', '-g'],
  ['--set-counters', '-c'],
  ['--fragment', '-f'],
])

const PORT_OPTIONS: ReadonlyMap<string, SetDimension> = new Map([
  ['--sport', 'src'],
  ['--source-port', 'src'],
  ['--dport', 'dst'],
  ['--destination-port', 'dst'],
])

const PORT_MODULES: ReadonlyMap<string, number> = new Map([
  ['tcp', TCP],
  ['udp', UDP],
  ['sctp', SCTP],
])

/** `-f` is an option of iptables itself; it stands beside the modules as if it were one. */
const FRAGMENT = '-f'

/** Modules that mean nothing without one of their options. */
const NEEDS_OPTION: ReadonlySet<string> = new Set(['set', 'mark', 'comment', 'conntrack', 'state'])

function isModule(value: ModuleDraft | TargetDraft | undefined): value is ModuleDraft {
  return value !== undefined && 'module' in value
}

function loadModule(draft: RuleDraft, name: string): ModuleDraft {
  const module: ModuleDraft = { module: name, words: [], matches: [], opaque: false }
  draft.modules.push(module)
  draft.current = module
  return module
}

/** The newest loaded module of that name, as option names are looked up in what is loaded. */
function loaded(draft: RuleDraft, ...names: readonly string[]): ModuleDraft | undefined {
  return draft.modules.findLast(module => names.includes(module.module))
}

/** The module that takes `--dport`: a loaded tcp, udp or sctp, else the one that `-p` implies, as iptables does. */
function portModule(draft: RuleDraft): ModuleDraft | undefined {
  if (isModule(draft.current) && ['dccp', 'udplite', 'multiport'].includes(draft.current.module))
    return undefined
  const open = loaded(draft, 'tcp', 'udp', 'sctp')
  if (open !== undefined) return open
  if (draft.protocol === undefined || draft.inverted.has('-p')) return undefined
  const name = protocolName(draft.protocol)
  return PORT_MODULES.has(name) ? loadModule(draft, name) : undefined
}

/** What a known module makes of one of its options; undefined when the option is not modelled. */
function matchOf(
  module: ModuleDraft,
  option: string,
  values: readonly string[],
  inverted: boolean,
): Match | RuleFault | undefined {
  const value = values[0] ?? ''
  const dimension = PORT_OPTIONS.get(option)
  const protocol = PORT_MODULES.get(module.module)
  if (dimension !== undefined && protocol !== undefined) {
    const range = parsePorts(value)
    return range === undefined
      ? { fault: 'bad-port' }
      : { kind: 'port', protocol, dimension, ...range, inverted }
  }
  if (module.module === 'comment' && option === '--comment') return { kind: 'comment', text: value }
  if (module.module === 'mark' && option === '--mark') {
    const mark = parseMark(value)
    return mark === undefined ? { fault: 'bad-mark' } : { kind: 'mark', ...mark, inverted }
  }
  if (module.module === 'conntrack' && option === '--ctstate') {
    const states = parseCtStates(value)
    return states === undefined ? undefined : { kind: 'ctstate', states, inverted }
  }
  if (module.module === 'state' && option === '--state') {
    const states = parseCtStates(value)
    return states === undefined ? undefined : { kind: 'ctstate', states, inverted, module: 'state' }
  }
  if (module.module === 'set' && (option === '--match-set' || option === '--set')) {
    const dimensions = (values[1] ?? '').split(',')
    const known = dimensions.filter(word => word === 'src' || word === 'dst')
    if (known.length !== dimensions.length || known.length > 6) return { fault: 'bad-set-dimensions' }
    return { kind: 'set', set: value, dimensions: known, inverted }
  }
  return undefined
}

const OPTION_OWNERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['--comment', ['comment']],
  ['--mark', ['mark', 'connmark']],
  ['--ctstate', ['conntrack']],
  ['--state', ['state']],
  ['--match-set', ['set']],
  ['--set', ['set', 'recent']],
])

/** The extension that owns an option that iptables itself does not know. */
function ownerOf(draft: RuleDraft, option: string): ModuleDraft | TargetDraft | undefined {
  if (PORT_OPTIONS.has(option)) {
    const module = portModule(draft)
    if (module !== undefined) return module
  }
  const owners = OPTION_OWNERS.get(option)
  if (owners !== undefined) {
    const module = loaded(draft, ...owners)
    if (module !== undefined) return module
  }
  if (option === '--set-mark' || option.endsWith('-mark') || option === '--set-xmark') {
    if (draft.target?.name === 'MARK' || draft.target?.name === 'CONNMARK') return draft.target
  }
  if (option === '--reject-with' && draft.target?.name === 'REJECT') return draft.target
  if (draft.current !== undefined) return draft.current
  const implied = draft.protocol === undefined ? '' : protocolName(draft.protocol)
  return PORT_MODULES.has(implied) || draft.protocol === ICMP || implied === 'dccp'
    ? loadModule(draft, implied)
    : undefined
}

function takeExtensionOption(
  draft: RuleDraft,
  option: string,
  values: readonly string[],
  inverted: boolean,
): RuleFault | undefined {
  const owner = ownerOf(draft, option)
  if (owner === undefined)
    return { fault: PORT_OPTIONS.has(option) ? 'port-without-protocol' : 'unknown-option' }
  if (!isModule(owner)) {
    owner.args.push(...(inverted ? ['!'] : []), option, ...values)
    return undefined
  }
  owner.words.push(...(inverted ? ['!'] : []), option, ...values)
  const match = matchOf(owner, option, values, inverted)
  if (isFault(match)) return match
  if (match === undefined) owner.opaque = true
  else owner.matches.push(match)
  return undefined
}

function takeOwnOption(
  draft: RuleDraft,
  option: string,
  value: string,
  inverted: boolean,
): RuleFault | undefined {
  if (inverted) {
    if (option === '-m' || option === '-j' || option === '-g') return { fault: 'unexpected-negation' }
    draft.inverted.add(option)
  }
  switch (option) {
    case '-p': {
      draft.protocol = parseProtocol(value)
      if (draft.protocol === undefined) return { fault: 'bad-protocol' }
      return draft.protocol === 0 && inverted ? { fault: 'bad-protocol' } : undefined
    }
    case '-s':
    case '-d': {
      const addresses = parseAddresses(value)
      if (addresses === undefined) {
        const other = otherAddress(option === '-s' ? 'src' : 'dst', value, inverted)
        if (other === undefined) return { fault: 'bad-address' }
        draft.addresses.push(other)
        draft.inverted.delete(option)
        return undefined
      }
      if (inverted && addresses.length > 1) return { fault: 'bad-address' }
      if (option === '-s') draft.sources = addresses
      else draft.destinations = addresses
      return undefined
    }
    case '-i':
      draft.inInterface = value
      return undefined
    case '-o':
      draft.outInterface = value
      return undefined
    case '-m':
      loadModule(draft, value)
      return undefined
    default:
      if (draft.target !== undefined) return { fault: 'two-targets' }
      draft.target = { name: value, goto: option === '-g', args: [] }
      draft.current = draft.target
      return undefined
  }
}

const OWN_OPTIONS: ReadonlySet<string> = new Set(['-p', '-s', '-d', '-i', '-o', '-m', '-j', '-g'])

/** Reads options one by one. `!` may stand before the option or, as old texts have it, after it. */
function takeOptions(draft: RuleDraft, words: readonly string[]): RuleFault | undefined {
  let at = 0
  while (at < words.length) {
    let inverted = false
    if (words[at] === '!') {
      inverted = true
      at++
    }
    const word = words[at++] ?? ''
    const option = LONG_OPTIONS.get(word) ?? word
    if (!/^-./.test(option)) return { fault: 'bad-argument' }
    if (words[at] === '!' && words[at + 1]?.startsWith('-') === false) {
      inverted = !inverted
      at++
    }
    if (option === '-4') continue
    if (option === '-f') {
      draft.fragment = !inverted
      continue
    }
    if (option === '-c') {
      const packets = Number(words[at++])
      const bytes = Number(words[at++])
      if (!Number.isSafeInteger(packets) || !Number.isSafeInteger(bytes)) return { fault: 'bad-counters' }
      draft.counters = { packets, bytes }
    } else if (OWN_OPTIONS.has(option)) {
      const value = words[at++]
      if (value === undefined) return { fault: 'missing-value' }
      const fault = takeOwnOption(draft, option, value, inverted)
      if (fault !== undefined) return fault
    } else if (option.startsWith('--')) {
      const values: string[] = []
      const takesAny = option === '--comment' || option.endsWith('-prefix')
      while (at < words.length && (takesAny ? values.length === 0 : !/^(?:-.|!$)/.test(words[at] ?? '')))
        values.push(words[at++] ?? '')
      const fault = takeExtensionOption(draft, option, values, inverted)
      if (fault !== undefined) return fault
    } else {
      return { fault: 'unknown-option' }
    }
  }
  return undefined
}

/** A port match of the whole range says no more than the protocol; kept, for `-m tcp` is printed without options. */
function finishModule(draft: RuleDraft, module: ModuleDraft): readonly Match[] | RuleFault {
  const { module: name, matches, words, opaque } = module
  const protocol = PORT_MODULES.get(name)
  if (protocol !== undefined && (draft.protocol !== protocol || draft.inverted.has('-p')))
    return { fault: 'port-without-protocol' }
  if (protocol === undefined && !opaque && matches.length > 0)
    return matches.length === 1 ? matches : { fault: 'repeated-option' }
  if (opaque || protocol === undefined)
    return NEEDS_OPTION.has(name) && words.length === 0
      ? { fault: 'incomplete-match' }
      : [{ kind: 'other', module: name, args: words }]
  const ports = matches.filter(match => match.kind === 'port')
  const ofDimension = (dimension: SetDimension) => ports.filter(match => match.dimension === dimension)
  if (ofDimension('src').length > 1 || ofDimension('dst').length > 1) return { fault: 'repeated-option' }
  const meaningful = [...ofDimension('src'), ...ofDimension('dst')].filter(
    match => match.inverted || protocol === SCTP || match.from > 0 || match.to < 65535,
  )
  if (meaningful.length > 0) return meaningful
  return [{ kind: 'port', protocol, dimension: 'dst', from: 0, to: 65535, inverted: false }]
}

function addressMatch(dimension: SetDimension, prefix: Ipv4Prefix, inverted: boolean): readonly Match[] {
  return prefix.length === 0 && !inverted ? [] : [{ kind: 'address', dimension, prefix, inverted }]
}

function interfaceMatch(
  dimension: 'in' | 'out',
  name: string | undefined,
  inverted: boolean,
): readonly Match[] {
  if (name === undefined || (name === '+' && !inverted)) return []
  return [{ kind: 'interface', dimension, name, inverted }]
}

/**
 * The rules that the words after `-A CHAIN` make: one, or one for each pair of several addresses. Matches stand in
 * the order in which the kernel tests them: addresses, interfaces, protocol, then the modules as loaded.
 */
export function readRule(
  words: readonly string[],
  hasChain: (name: string) => boolean,
): readonly Rule[] | RuleFault {
  const anywhere: readonly Ipv4Prefix[] = [{ address: 0, length: 0 }]
  const draft: RuleDraft = {
    sources: anywhere,
    destinations: anywhere,
    addresses: [],
    inverted: new Set(),
    inInterface: undefined,
    outInterface: undefined,
    protocol: undefined,
    fragment: undefined,
    modules: [],
    target: undefined,
    current: undefined,
    counters: undefined,
  }
  const fault = takeOptions(draft, words)
  if (fault !== undefined) return fault
  const target = finishTarget(draft.target, hasChain)
  if (isFault(target)) return target
  const modules: Match[] = []
  for (const module of draft.modules) {
    const matches = finishModule(draft, module)
    if (isFault(matches)) return matches
    modules.push(...matches)
  }
  const tail: readonly Match[] = [
    ...draft.addresses,
    ...interfaceMatch('in', draft.inInterface, draft.inverted.has('-i')),
    ...interfaceMatch('out', draft.outInterface, draft.inverted.has('-o')),
    ...(draft.protocol === undefined || draft.protocol === 0
      ? []
      : [{ kind: 'protocol', protocol: draft.protocol, inverted: draft.inverted.has('-p') } as const]),
    ...(draft.fragment === undefined
      ? []
      : [{ kind: 'other', module: FRAGMENT, args: draft.fragment ? [] : ['!'] } as const]),
    ...modules,
  ]
  const { counters } = draft
  return draft.sources.flatMap(source =>
    draft.destinations.map(destination => ({
      matches: [
        ...addressMatch('src', source, draft.inverted.has('-s')),
        ...addressMatch('dst', destination, draft.inverted.has('-d')),
        ...tail,
      ],
      target,
      ...(counters === undefined ? {} : { counters }),
    })),
  )
}
