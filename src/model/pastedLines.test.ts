import { expect, test } from 'vitest'
import { pastedLines } from './pastedLines.ts'

const RULE = '-A FORWARD -s 10.0.0.0/8 -m comment --comment "a > b" -j DROP'
const LINES = ['*filter', ':FORWARD ACCEPT [0:0]', RULE, '', 'COMMIT']
const each = (change: (line: string, index: number) => string) => LINES.map(change).join('\n')

test.each([
  ['as it is', each(line => line)],
  ['indented', each(line => `\t  ${line}  `)],
  ['a byte order mark and other line ends', `\ufeff${LINES.join('\r\n')}`],
  ['quoted', each(line => `> ${line}`)],
  [
    'quoted, entities',
    each(line => `> ${line}`)
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;'),
  ],
  ['a difference', each(line => `+${line}`)],
  ['a table', each(line => `| ${line} |`)],
  ['numbered', each((line, i) => `${i + 9}  ${line}`)],
  ['numbered with colons', each((line, i) => `${i + 1}:${line}`)],
  ['with times', each(line => `2024-05-01T10:00:00.123Z ${line}`)],
  ['from a journal', each(line => `Apr  1 04:40:09 node-1 agent[123]: ${line}`)],
  ['colours', each(line => line.replace('DROP', '\u001b[01;31m\u001b[KDROP\u001b[m'))],
  ['other blanks, and none', each(line => line.replaceAll(' ', '\u00a0').replace('-A', '\u200b-A'))],
  ['typographic quotes', each(line => line.replace('"a', '“a').replace('b"', 'b”'))],
  ['dashes', each(line => line.replaceAll(' --', ' –'))],
  ['escaped quotes', each(line => line.replaceAll('"', '\\"'))],
])('%s', (_, text) => {
  expect(pastedLines(text)).toEqual(LINES)
})

test.each([
  [
    'an option begins the next line',
    ['-A X -p tcp', '-m tcp --dport 80', '-j DROP'],
    '-A X -p tcp -m tcp --dport 80 -j DROP',
  ],
  ['a backslash ends the line', ['-A X -p tcp \\', '  -j DROP'], '-A X -p tcp -j DROP'],
  [
    'a quotation goes on',
    ['-A X -m comment --comment "a', 'b" -j DROP'],
    '-A X -m comment --comment "a b" -j DROP',
  ],
  ['in ipset', ['add s 10.0.0.1 comment "a', 'b"'], 'add s 10.0.0.1 comment "a b"'],
])('lines broken in two: %s', (_, lines, whole) => {
  expect(pastedLines([...lines, '-A X -j ACCEPT'].join('\n'))).toEqual([
    whole,
    ...lines.slice(1).map(() => ''),
    '-A X -j ACCEPT',
  ])
})

test('a row of a listing goes on with a word that begins something', () => {
  const head = ['Chain X (1 references)', 'target prot opt source destination']
  const row = 'DROP tcp -- 0.0.0.0/0 0.0.0.0/0'
  expect(pastedLines([...head, row, 'tcp dpt:80 /* a */', row].join('\n'))).toEqual([
    ...head,
    `${row} tcp dpt:80 /* a */`,
    '',
    row,
  ])
  // Nobody knows whether this is 8080 or 80 and something else.
  expect(pastedLines([...head, `${row} tcp dpt:80`, '80'].join('\n'))).toEqual([
    ...head,
    `${row} tcp dpt:80`,
    '80',
  ])
})

test('what says what it means stays as it is', () => {
  const lines = ['-A X -m comment --comment "&gt; “b” \\"c\\""', '-A X -j DROP', '> 5', '1 DROP', '2 DROP']
  expect(pastedLines(lines.join('\n'))).toEqual(lines)
})

test.each([
  ['-A X -j ACCEPT', '--append X -j DROP', '--policy X DROP', '--flush'],
  ['create s hash:ip', '--add s 10.0.0.1', '--destroy s'],
  ['-A X -j ACCEPT', '--more--'],
])('a command in long words begins a line of its own: %s', (...lines) => {
  expect(pastedLines(lines.join('\n'))).toEqual(lines)
})

test('a quotation that never ends takes in all that follows, in time that grows as the text does', () => {
  const lines = Array.from({ length: 300_000 }, (_, i) => `b${i}`)
  const [first, ...rest] = pastedLines(`-A X --comment "a\n${lines.join('\n')}`)
  expect(first).toBe(`-A X --comment "a ${lines.join(' ')}`)
  expect(rest).toEqual(lines.map(() => ''))
})

test.each([
  ['<pre><code class="x">', '</code></pre>'],
  ['<p>', '</p>'],
  ['```', '```'],
])('code in one line with its marks: %s', (open, close) => {
  expect(pastedLines(`${open}-A X -j DROP\n-A X -j ACCEPT${close}`)).toEqual([
    '-A X -j DROP',
    '-A X -j ACCEPT',
  ])
  const marks = [`${open}`, `${open}what follows`, '-A X -j DROP', close]
  expect(pastedLines(marks.join('\n')).filter((_, i) => i !== 1)).toEqual([open, '-A X -j DROP', close])
})
