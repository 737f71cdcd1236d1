const MARK_OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['set', '--set-xmark'],
  ['xset', '--set-xmark'],
  ['and', '--and-mark'],
  ['or', '--or-mark'],
  ['xor', '--xor-mark'],
])

const hexWord = '0x[0-9a-f]+'

/** The options of a target, which end the row; undefined where the text does not say what is needed. */
export function targetWords(target: string, text: string): readonly string[] | undefined {
  if (target === 'MARK' || target === 'CONNMARK') {
    const set = new RegExp(`^${target} (set|xset|and|or|xor) (${hexWord}(?:/${hexWord})?)$`).exec(text)
    if (set !== null) return [MARK_OPERATIONS.get(set[1] ?? '') ?? '', set[2] ?? '']
    const moved = new RegExp(
      `^CONNMARK (save|restore)(?: mask (${hexWord})| nfmask (${hexWord}) ctmask ~?(${hexWord})| ctmask (${hexWord}) nfmask ~?(${hexWord}))?$`,
    ).exec(text)
    if (target === 'MARK' || moved === null) return undefined
    // The tool prints a `~` for the bits that are cleared, and behind it the mask as it is.
    const [, action = '', mask = '0xffffffff', saved = mask, into = mask, restored, to] = moved
    return [`--${action}-mark`, '--nfmask', to ?? saved, '--ctmask', restored ?? into]
  }
  if (target === 'REJECT') {
    const found = /^reject-with (\S+)$/.exec(text)
    return found === null ? undefined : ['--reject-with', found[1] ?? '']
  }
  if (target === 'SET') {
    const found = /^((?:add|del|map)-set) (\S+) (\S+)(.*)$/.exec(text)
    if (found === null) return undefined
    const [, action = '', name = '', dimensions = '', more = ''] = found
    const options = more.split(' ').filter(word => word !== '')
    return [
      `--${action}`,
      name,
      dimensions,
      ...options.map(word => (/^[0-9]/.test(word) ? word : `--${word}`)),
    ]
  }
  const rewritten = rewritingWords(target, text)
  if (rewritten !== undefined) return rewritten
  if (target === 'CT' || target === 'NOTRACK') return trackingWords(target, text)
  const logged = /^(?:LOG (?:flags|level) .*?|nflog-.*?)(?:prefix "?(.*?)"?)?(?: nflog-\S+ .*)?$/.exec(text)
  if (logged !== null && (target === 'LOG' || target === 'NFLOG')) {
    const option = target === 'LOG' ? '--log-prefix' : '--nflog-prefix'
    return logged[1] === undefined || logged[1] === '' ? [] : [option, logged[1]]
  }
  return undefined
}

/** DNAT, SNAT and the like, as far as they say where to; NFQUEUE. */
function rewritingWords(target: string, text: string): readonly string[] | undefined {
  if (target === 'DNAT' || target === 'SNAT' || target === 'NETMAP') {
    const found = /^to:(\S+)((?: (?:random|random-fully|persistent))*)$/.exec(text)
    const option = target === 'DNAT' ? '--to-destination' : target === 'SNAT' ? '--to-source' : '--to'
    return found === null ? undefined : [option, found[1] ?? '', ...flagWords(found[2])]
  }
  if (target === 'REDIRECT' || target === 'MASQUERADE') {
    const found = /^(?:(?:redir|masq) ports:? (\S+))?((?:(?:^| )(?:random|random-fully))*)$/.exec(text)
    if (found === null) return undefined
    return [...(found[1] === undefined ? [] : ['--to-ports', found[1]]), ...flagWords(found[2])]
  }
  const queue = /^NFQUEUE (num|balance) (\S+)((?: (?:bypass|cpu-fanout))*)$/.exec(text)
  if (target !== 'NFQUEUE' || queue === null) return undefined
  const [, kind, numbers = '', flags = ''] = queue
  return [
    ...[kind === 'num' ? '--queue-num' : '--queue-balance', numbers],
    ...flagWords(flags).map(flag => flag.replace(/^--/, '--queue-')),
  ]
}

function flagWords(text = ''): readonly string[] {
  return text
    .split(' ')
    .filter(word => word !== '')
    .map(word => `--${word}`)
}

/** `CT notrack`, which older tools call NOTRACK whatever the target's name. */
function trackingWords(target: string, text: string): readonly string[] | undefined {
  if (text === 'CT notrack' || text === 'NOTRACK') return target === 'CT' ? ['--notrack'] : []
  const options = /^CT((?: (?:helper|timeout|ctevents|expevents|zone|zone-orig|zone-reply) \S+)+)$/.exec(text)
  if (options === null) return undefined
  return (options[1] ?? '')
    .trim()
    .split(' ')
    .map((word, i) => (i % 2 === 0 ? `--${word}` : word))
}

/** Targets without which their own options say nothing that a verdict hangs on. */
export const NEEDS_OPTIONS: ReadonlySet<string> = new Set(['MARK', 'CONNMARK', 'SET', 'CT'])

/** The target's options at the end of a text whose beginning nobody knows. */
export function tailOptions(target: string, text: string): readonly string[] | undefined {
  const starts = [
    ...text.matchAll(/(?:^| )(?=(?:CONN)?MARK |reject-with |(?:add|del|map)-set |CT |NOTRACK$)/g),
  ]
  for (const { index, 0: before } of starts.toReversed()) {
    const options = targetWords(target, text.slice(index + before.length))
    if (options !== undefined) return options
  }
  return undefined
}
