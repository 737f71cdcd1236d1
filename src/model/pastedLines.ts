/** What terminals and web pages put into a line: colours, characters without width, blanks of other kinds. */
// eslint-disable-next-line no-control-regex -- escape sequences begin with a control character
const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]/g
const INVISIBLE = /[\u200b-\u200d\u2060\ufeff]/g
const BLANKS = /[\u00a0\u2007\u202f]/g

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#34;', '"'],
  ['&#39;', "'"],
  ['&#x27;', "'"],
  ['&nbsp;', ' '],
  ['&amp;', '&'],
])
const ENTITY = /&(?:lt|gt|quot|#34|#39|#x27|nbsp|amp);/g

/**
 * The text without what a page or a program did to it as a whole: entities of HTML, typographic quotes, quotes escaped
 * for JSON. Each only where nothing in the text says that it is meant as it stands.
 */
function unescaped(text: string): string {
  let plain = text
  if (/&(?:lt|gt|quot|#34);/.test(plain) && !/[<"]/.test(plain))
    plain = plain.replace(ENTITY, entity => ENTITIES.get(entity) ?? entity)
  if (plain.includes('\\"') && !/(?:^|[^\\])"/.test(plain)) plain = plain.replaceAll('\\"', '"')
  if (/[“”]/.test(plain) && !plain.includes('"')) plain = plain.replace(/[“”]/g, '"')
  return plain
}

/** `–dport` and `all — anywhere`, as pages print two hyphens. */
const DASH = /(^|\s)[–—](?=[a-z]|\s)/g

/** What may stand before every line, and behind it: a quotation's sign, a time, a difference's sign, a table's border. */
const FRAMES: readonly (readonly [before: RegExp, after: RegExp])[] = [
  [/^>\s?/, /$/],
  [/^\+(?!\s*(?:sudo|ip6?tables|ipset)\b)\s?/, /$/],
  [/^\|\s?/, /\s*\|$/],
  [/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*(?:\s+|$)/, /$/],
  [/^[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \S+ \S+:(?: |$)/, /$/],
]
const NUMBER = /^(\d+)(?:[:.|)]\s*|\s+|$)/

/** Lines that tell whether all have a frame. */
const SAMPLE = 40

function withoutFrame(lines: readonly string[]): readonly string[] {
  const sample = lines.filter(line => line !== '').slice(0, SAMPLE)
  if (sample.length < 3) return lines
  const frame = FRAMES.find(([before]) => sample.every(line => before.test(line)))
  if (frame !== undefined) return lines.map(line => line.replace(frame[0], '').replace(frame[1], '').trim())
  const numbers = sample.map(line => Number(NUMBER.exec(line)?.[1] ?? 'NaN'))
  const first = numbers[0] ?? Number.NaN
  const inOrder = numbers.every((number, i) => number === first + i)
  return inOrder ? lines.map(line => line.replace(NUMBER, '').trim()) : lines
}

/** What a page puts before code and behind it, where that stands in one line with the first or the last of the code. */
const CODE_BEGINS =
  /^(?:(?:<(?:pre|code|p|div|details|summary)\b[^<>]*>)+|`{3,})(?=-[A-Z] |\*[a-z]|:\S|[#$] |\[\d|Chain |Name: |create |add )/
const CODE_ENDS = /(?<=[^\s`>])(?:(?:<\/(?:pre|code|p|div|details|summary)>)+|`{3,})$/

/** Commands of iptables and ipset in long words. */
const LONG_COMMAND =
  '--(?:append|check|delete(?:-chain)?|flush|insert|list(?:-rules)?|new-chain|policy|rename-chain|replace|zero|add|create|del|destroy)'
/** A rule of `iptables-save`, or a set or an element of `ipset save`. */
const BEGINS = /^(?:\[[0-9]+:[0-9]+\]\s*)?(?:-[AI]|add|create|--(?:append|insert|add|create))\s+\S/
/** An option of a rule. */
const GOES_ON = /^(?:! ?)?(?:-[pmsdiojgf]|--[a-z][a-z0-9-]*[a-z0-9])(?:\s|$)/
const BEGINS_ANEW = new RegExp(
  `^(?:\\[[0-9]+:[0-9]+\\]\\s*)?(?:-[A-Z] |${LONG_COMMAND}(?:\\s|$)|:\\S+ |\\*|#|COMMIT$|add |create |Chain |Name: )`,
)

/** Quotes that group words; in a rule a backslash makes one a plain character. */
function isOpen(line: string): boolean {
  return (line.replace(/\\./g, '').match(/"/g) ?? []).length % 2 === 1
}

/** A row of a listing has the column `opt`; what else stands under a chain's head goes on with the row above it. */
const ROW = /^(?:\d+\s+)?(?:\d+[KMGT]?\s+\d+[KMGT]?\s+)?\S.*\s(?:--|-f|!f)\s+\S/
/** With these words something new begins, wherever the line above was cut. */
const NEXT_WORDS =
  /^(?:\/\* |! match-set |match-set |(?:tcp|udp|sctp) [sd]pts?:|! ?ctstate |ctstate |state |ADDRTYPE |mark match |MARK |reject-with |multiport |limit: |statistic |to:\d)/

/**
 * Rules and rows that a terminal or a page broke in several lines, in one, where it is sure that nothing but blanks was
 * between them: an option, a quotation, or a known word begins the next line. The lines that are used up are empty.
 */
function unbroken(lines: readonly string[]): readonly string[] {
  const result = [...lines]
  let at = -1
  /** Of the rule or row that began at `at`. */
  let parts: string[] = []
  let open = false
  let rows = false
  const close = () => {
    if (at >= 0 && parts.length > 1) result[at] = parts.join(' ')
    at = -1
  }
  lines.forEach((line, index) => {
    if (line.startsWith('Chain ')) rows = true
    else if (line === '' || BEGINS_ANEW.test(line)) rows = false
    const row = rows && ROW.test(line)
    if (row || BEGINS.test(line)) {
      close()
      at = index
      parts = [line]
      open = isOpen(line)
      return
    }
    if (at < 0) return
    const last = parts.at(-1) ?? ''
    const slashed = last.endsWith('\\')
    const goesOn = rows ? NEXT_WORDS.test(line) : slashed || open || GOES_ON.test(line)
    if (line === '' || BEGINS_ANEW.test(line) || !goesOn) {
      close()
      return
    }
    if (slashed) parts[parts.length - 1] = last.slice(0, -1).trimEnd()
    parts.push(line)
    open = open !== isOpen(line)
    result[index] = ''
  })
  close()
  return result
}

/**
 * The lines of a text about a node as its tool printed them, trimmed, however they were pasted: any line ends, colours,
 * quotation signs, times or numbers before every line, a page's marks for code, entities, typographic quotes and dashes,
 * lines broken in two. There are as many as the text has.
 */
export function pastedLines(text: string): readonly string[] {
  const plain = unescaped(text.replace(ESCAPES, '').replace(INVISIBLE, '').replace(BLANKS, ' '))
  const dashed = /[–—]/.test(plain)
  const lines = plain.split(/\r\n|\r|\n/).map(line => (dashed ? line.replace(DASH, '$1--') : line).trim())
  return unbroken(withoutFrame(lines).map(line => line.replace(CODE_BEGINS, '').replace(CODE_ENDS, '')))
}
