import { OTHER_READERS } from './listedModules.ts'
import { servicePort } from './serviceNames.ts'
import { NEEDS_OPTIONS, tailOptions, targetWords } from './listedTargets.ts'
import { not, pattern, type Reader, type Taken } from './listedPattern.ts'

const TCP_FLAGS = ['FIN', 'SYN', 'RST', 'ACK', 'PSH', 'URG', 'ALL', 'NONE']
const FLAG_BITS: readonly (readonly [string, number])[] = [
  ['FIN', 1],
  ['SYN', 2],
  ['RST', 4],
  ['PSH', 8],
  ['ACK', 16],
  ['URG', 32],
]

/** `0x17` → `FIN,SYN,RST,ACK`; names, which a listing without `-n` has, as they are. */
function flagNames(text: string): string | undefined {
  if (!/^0x/i.test(text)) return text.split(',').every(name => TCP_FLAGS.includes(name)) ? text : undefined
  const bits = Number(text)
  const names = FLAG_BITS.filter(([, bit]) => (bits & bit) !== 0).map(([name]) => name)
  return bits > 63 ? undefined : names.length === 0 ? 'NONE' : names.join(',')
}

function portRange(text: string): string | undefined {
  const ports = text.split(':').map(part => (/^[0-9]+$/.test(part) ? Number(part) : servicePort(part)))
  return ports.some(port => port === undefined) ? undefined : ports.join(':')
}

/** `tcp spts:1:10 dpt:80 flags:0x17/0x02`, in any number. */
function portModule(text: string): Taken | undefined {
  const head = /^(tcp|udp|sctp|dccp|udplite)(?= |$)/.exec(text)
  if (head === null) return undefined
  const words = ['-m', head[1] ?? '']
  let end = head[0].length
  for (;;) {
    const found = /^ (?:([sd])pts?:(!?)([\w:-]+)|(flags|option)([:=])(!?)(\S+))(?= |$)/.exec(text.slice(end))
    if (found === null) return { words, end }
    const [whole, side, sign, ports = '', kind, , bang, value = ''] = found
    if (kind === undefined) {
      const range = portRange(ports)
      if (range === undefined) return undefined
      words.push(...not(sign), side === 's' ? '--sport' : '--dport', range)
    } else if (kind === 'option') {
      words.push(...not(bang), head[1] === 'dccp' ? '--dccp-option' : '--tcp-option', value)
    } else {
      const [mask, set] = value.split('/').map(flagNames)
      if (mask === undefined || set === undefined) return undefined
      words.push(...not(bang), '--tcp-flags', mask, set)
    }
    end += whole.length
  }
}

/** `match-set a src return-nomatch ! update-counters packets-gt 5` */
function setModule(text: string): Taken | undefined {
  const head = /^(! )?match-set (\S+) ((?:src|dst)(?:,(?:src|dst))*)(?= |$)/.exec(text)
  if (head === null) return undefined
  const [whole, sign, name = '', dimensions = ''] = head
  const words = ['-m', 'set', ...not(sign), '--match-set', name, dimensions]
  let end = whole.length
  for (;;) {
    const rest = text.slice(end)
    const found =
      /^ (! )?(return-nomatch|update-counters|update-subcounters)(?= |$)/.exec(rest) ??
      /^ (! )?((?:packets|bytes)-(?:eq|lt|gt)) ([0-9]+)(?= |$)/.exec(rest)
    if (found === null) return { words, end }
    const value = found[3]
    words.push(...not(found[1]), `--${found[2] ?? ''}`, ...(value === undefined ? [] : [value]))
    end += found[0].length
  }
}

const CT_OPTION =
  '(! )?(ctstate|ctproto|ctorigsrc|ctorigdst|ctreplsrc|ctrepldst|ctorigsrcport|ctorigdstport|ctreplsrcport|ctrepldstport|ctstatus|ctexpire|ctdir) (\\S+)'

function conntrackModule(text: string): Taken | undefined {
  const words = ['-m', 'conntrack']
  let end = 0
  for (;;) {
    const found = new RegExp(`^${end === 0 ? '' : ' '}${CT_OPTION}(?= |$)`).exec(text.slice(end))
    const option = `--${found?.[2] ?? ''}`
    // The same again is the next module's.
    if (found === null || words.includes(option)) return end === 0 ? undefined : { words, end }
    words.push(...not(found[1]), option, found[3] ?? '')
    end += found[0].length
  }
}

function addrtypeModule(text: string): Taken | undefined {
  const head = /^ADDRTYPE match((?: (?:src|dst)-type !?[A-Z,]+)+)( limit-(?:in|out))?(?= |$)/.exec(text)
  if (head === null) return undefined
  const words = ['-m', 'addrtype']
  for (const [, side = '', sign, types = ''] of (head[1] ?? '').matchAll(/(src|dst)-type (!?)([A-Z,]+)/g))
    words.push(...not(sign), `--${side}-type`, types)
  if (head[2] !== undefined) words.push(`--limit-iface-${head[2].slice(' limit-'.length)}`)
  return { words, end: head[0].length }
}

function icmpType(type: string | undefined, code: string | undefined): string {
  if (type === '255') return 'any'
  return code === undefined ? (type ?? '') : `${type ?? ''}/${code}`
}

const RECENT: ReadonlyMap<string, string> = new Map([
  ['SET', '--set'],
  ['CHECK', '--rcheck'],
  ['UPDATE', '--update'],
  ['REMOVE', '--remove'],
])

/** What `iptables -L` prints for each module, as tried in this order. */
const READERS: readonly Reader[] = [
  portModule,
  setModule,
  conntrackModule,
  addrtypeModule,
  pattern('icmp ?(!)?type ([0-9]+)(?: code ([0-9]+))?', ([, sign, type, code]) => [
    ...['-m', 'icmp', ...not(sign), '--icmp-type', icmpType(type, code)],
  ]),
  pattern('icmp (!)?([a-z][a-z-]+)', ([, sign, name = '']) => [
    ...['-m', 'icmp', ...not(sign), '--icmp-type', name],
  ]),
  pattern('multiport (sports|dports|ports) +(!)?([\\w:,-]+)', ([, option, sign, list = '']) => {
    const ranges = list.split(',').map(portRange)
    return ranges.includes(undefined)
      ? undefined
      : ['-m', 'multiport', ...not(sign), `--${option ?? ''}`, ranges.join(',')]
  }),
  pattern('(?:mark|MARK) match (! ?)?(0x[0-9a-f]+(?:/0x[0-9a-f]+)?)', ([, sign, mark = '']) => [
    ...['-m', 'mark', ...not(sign), '--mark', mark],
  ]),
  pattern('(?:connmark|CONNMARK) match +(! ?)?(0x[0-9a-f]+(?:/0x[0-9a-f]+)?)', ([, sign, mark = '']) => [
    ...['-m', 'connmark', ...not(sign), '--mark', mark],
  ]),
  pattern('(! )?state ([A-Z,]+)', ([, sign, states = '']) => [
    ...['-m', 'state', ...not(sign), '--state', states],
  ]),
  pattern('(source|destination) IP range (! ?)?([0-9.]+-[0-9.]+)', ([, side, sign, range = '']) => [
    ...['-m', 'iprange', ...not(sign), side === 'source' ? '--src-range' : '--dst-range', range],
  ]),
  pattern(
    'PHYSDEV match((?:(?: !)? --physdev-(?:is-(?:in|out|bridged)|(?:in|out) \\S+))+)',
    ([, words = '']) => [...['-m', 'physdev', ...words.trim().split(' ')]],
  ),
  pattern(
    'statistic mode (random|nth) (! )?(probability|every) ([0-9.]+)(?: packet ([0-9]+))?',
    ([, mode = '', sign, option = '', value = '', packet]) => [
      ...['-m', 'statistic', '--mode', mode, ...not(sign), `--${option}`, value],
      ...(packet === undefined ? [] : ['--packet', packet]),
    ],
  ),
  pattern('limit: avg (\\S+) burst ([0-9]+)(?! mode)', ([, rate = '', burst = '']) => [
    ...['-m', 'limit', '--limit', rate, '--limit-burst', burst],
  ]),
  pattern(
    '(! )?recent: (SET|CHECK|UPDATE|REMOVE)((?: seconds: [0-9]+| reap| hit_count: [0-9]+| TTL-Match)*)(?: name: (\\S+))?(?: side: (source|dest))?(?: mask: (\\S+))?',
    ([, sign, action = '', options = '', name, side, mask]) => {
      const seconds = /seconds: ([0-9]+)/.exec(options)?.[1]
      const hits = /hit_count: ([0-9]+)/.exec(options)?.[1]
      return [
        ...['-m', 'recent', ...not(sign), RECENT.get(action) ?? ''],
        ...(seconds === undefined ? [] : ['--seconds', seconds]),
        ...(options.includes('reap') ? ['--reap'] : []),
        ...(hits === undefined ? [] : ['--hitcount', hits]),
        ...(options.includes('TTL-Match') ? ['--rttl'] : []),
        ...(name === undefined ? [] : ['--name', name]),
        ...(mask === undefined ? [] : ['--mask', mask]),
        ...(side === undefined ? [] : [side === 'source' ? '--rsource' : '--rdest']),
      ]
    },
  ),
  pattern('(! )?owner (UID|GID) match (\\S+)', ([, sign, kind = '', value = '']) => [
    ...['-m', 'owner', ...not(sign), `--${kind.toLowerCase()}-owner`, value],
  ]),
  pattern('length (!)?([0-9:]+)', ([, sign, range = '']) => [
    ...['-m', 'length', ...not(sign), '--length', range],
  ]),
  pattern('TTL match TTL ([=!]=|[<>]) ?([0-9]+)', ([, sign, value = '']) => [
    ...['-m', 'ttl', ...(sign === '!=' ? ['!'] : [])],
    ...[sign === '<' ? '--ttl-lt' : sign === '>' ? '--ttl-gt' : '--ttl-eq', value],
  ]),
  pattern('MAC ?(!)?((?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2})', ([, sign, mac = '']) => [
    ...['-m', 'mac', ...not(sign), '--mac-source', mac],
  ]),
  pattern('PKTTYPE (!?)= (\\S+)', ([, sign, type = '']) => [
    ...['-m', 'pkttype', ...not(sign), '--pkt-type', type],
  ]),
  pattern('nfacct-name +(\\S+)', ([, name = '']) => ['-m', 'nfacct', '--nfacct-name', name]),
  pattern('rpfilter((?: (?:loose|validmark|accept-local|invert))*)', ([, options = '']) => [
    ...[
      '-m',
      'rpfilter',
      ...options
        .split(' ')
        .filter(word => word !== '')
        .map(word => `--${word}`),
    ],
  ]),
  ...OTHER_READERS,
]

/**
 * The words of a rule for what `iptables -L` prints behind the columns: matches in their order, then the target's
 * options. What is not known is kept as one match that nobody can tell about; undefined where not even the target is
 * sure. Of two comments with something between them, or one with the signs of a comment in it, nobody can say where
 * they end.
 */
export function listedMatches(
  text: string,
  target: string,
): { readonly matches: readonly string[]; readonly target: readonly string[] } | undefined {
  const matches: string[] = []
  let rest = text.trimStart()
  const comment = /\/\* (.*) \*\//.exec(rest)
  const ambiguous = adjoining(comment?.[1]).some(text => /\*\/|\/\*/.test(text))
  while (rest !== '' && !ambiguous) {
    const options = targetWords(target, rest)
    if (options !== undefined) return { matches, target: options }
    const taken = rest.startsWith('/* ') ? commentOf(rest) : firstOf(rest)
    if (taken === undefined) break
    matches.push(...taken.words)
    rest = rest.slice(taken.end).trimStart()
  }
  if (rest === '') return NEEDS_OPTIONS.has(target) ? undefined : { matches, target: [] }
  const known = tailOptions(target, rest)
  if (known === undefined && NEEDS_OPTIONS.has(target)) return undefined
  return { matches: [...matches, '-m', 'listed', '--as', ` ${rest}`], target: known ?? [] }
}

function firstOf(text: string): Taken | undefined {
  for (const reader of READERS) {
    const taken = reader(text)
    if (taken !== undefined) return taken
  }
  return undefined
}

function commentOf(text: string): Taken | undefined {
  const found = /^\/\* (.*) \*\//.exec(text)
  return found === null
    ? undefined
    : {
        words: adjoining(found[1]).flatMap(comment => ['-m', 'comment', '--comment', comment]),
        end: found[0].length,
      }
}

/**
 * Comments that follow one another, without the first sign and the last. It may be one that looks like several: with
 * nothing but comments there it makes no difference to what the rule matches.
 */
function adjoining(comments = ''): readonly string[] {
  return comments.split(' */ /* ')
}
