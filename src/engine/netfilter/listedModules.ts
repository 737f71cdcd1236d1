import { not, pattern, type Reader } from './listedPattern.ts'

const words = (text = ''): readonly string[] => text.split(' ').filter(word => word !== '')

/** `mode srcip-dstport htable-expire 2000` as options of hashlimit. */
function hashlimitWords(text: string | undefined): readonly string[] {
  return words(text).map((word, i, all) => {
    if (all[i - 1] === 'mode') return word.replaceAll('-', ',')
    return /^[0-9]/.test(word) ? word : `--hashlimit-${word}`
  })
}

/**
 * Modules that no packet answers for: what they print is taken for what it is, so that what stands behind it in a row is
 * read too.
 */
export const OTHER_READERS: readonly Reader[] = [
  pattern(
    'limit: (above|up to|avg) (\\S+)(?: burst (\\S+))?((?: (?:mode \\S+|(?:htable-[a-z]+|srcmask|dstmask|rate-interval) [0-9]+|rate-match))*)',
    ([, kind, rate = '', burst, options]) => [
      ...['-m', 'hashlimit', kind === 'above' ? '--hashlimit-above' : '--hashlimit-upto', rate],
      ...(burst === undefined ? [] : ['--hashlimit-burst', burst]),
      ...hashlimitWords(options),
    ],
  ),
  pattern('#conn ?(src|dst)?/([0-9]+) (<=|>) ([0-9]+)', ([, side, mask = '', sign, count = '']) => [
    ...['-m', 'connlimit', sign === '>' ? '--connlimit-above' : '--connlimit-upto', count],
    ...['--connlimit-mask', mask, side === 'dst' ? '--connlimit-daddr' : '--connlimit-saddr'],
  ]),
  pattern('socket((?: --(?:transparent|nowildcard|restore-skmark))*)', ([, options]) => [
    ...['-m', 'socket', ...words(options)],
  ]),
  pattern('(! )?owner socket exists', ([, sign]) => ['-m', 'owner', ...not(sign), '--socket-exists']),
  pattern('helper match (! )?"([^"]*)"', ([, sign, name = '']) => [
    ...['-m', 'helper', ...not(sign), '--helper', name],
  ]),
  pattern(
    'policy match dir (in|out) pol (none|ipsec)((?: (?:reqid|spi|proto|mode|tunnel-src|tunnel-dst) \\S+)*)',
    ([, dir = '', pol = '', more]) => [
      ...['-m', 'policy', '--dir', dir, '--pol', pol],
      ...words(more).map((word, i) => (i % 2 === 0 ? `--${word}` : word)),
    ],
  ),
  pattern('DSCP match (!)?(0x[0-9a-f]+)', ([, sign, value = '']) => [
    ...['-m', 'dscp', ...not(sign), '--dscp', value],
  ]),
  pattern('(?:tos|TOS) match ?(!)?(0x[0-9a-f]+(?:/0x[0-9a-f]+)?)', ([, sign, value = '']) => [
    ...['-m', 'tos', ...not(sign), '--tos', value],
  ]),
  pattern('quota: ([0-9]+) bytes', ([, bytes = '']) => ['-m', 'quota', '--quota', bytes]),
  pattern(
    'connbytes (! )?([0-9:]+) connbytes mode ([a-z]+) connbytes direction ([a-z]+)',
    ([, sign, range = '', mode = '', direction = '']) => [
      ...['-m', 'connbytes', ...not(sign), '--connbytes', range],
      ...['--connbytes-mode', mode, '--connbytes-dir', direction],
    ],
  ),
  pattern('tcpmss match (!)?([0-9:]+)', ([, sign, range = '']) => [
    ...['-m', 'tcpmss', ...not(sign), '--mss', range],
  ]),
  pattern(
    'STRING match {1,2}(! )?"([^"]*)" ALGO name (bm|kmp)((?: (?:FROM|TO) [0-9]+)*)( ICASE)?',
    ([, sign, text = '', algo = '', range, icase]) => [
      ...['-m', 'string', ...not(sign), '--string', text, '--algo', algo],
      ...words(range).map(word => (/^[0-9]/.test(word) ? word : `--${word.toLowerCase()}`)),
      ...(icase === undefined ? [] : ['--icase']),
    ],
  ),
]
