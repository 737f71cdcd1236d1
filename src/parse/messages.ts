import type { Severity } from '../model/diagnostic.ts'

export type MessageArgs = Readonly<Record<string, string | number>>

const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const DNS_LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const LABEL_NAME =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const LABEL_VALUE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

/** `Invalid value` errors: what follows the value. Kubernetes' own words, as of 1.36. */
const INVALID = {
  'name-over-253': 'must be no more than 253 characters',
  'name-not-subdomain': SUBDOMAIN,
  'name-over-63': 'must be no more than 63 characters',
  'name-with-dots': 'must not contain dots',
  'name-not-dns-label': DNS_LABEL,
  'label-key': `a valid label key ${LABEL_NAME} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
  'label-prefix-empty': 'prefix part must be non-empty',
  'label-prefix-over-253': 'prefix part must be no more than 253 bytes',
  'label-prefix': `prefix part ${SUBDOMAIN}`,
  'label-name-empty': 'name part must be non-empty',
  'label-name-over-63': 'name part must be no more than 63 bytes',
  'label-name': `name part ${LABEL_NAME}`,
  'label-value-over-63': 'must be no more than 63 bytes',
  'label-value': LABEL_VALUE,
  'selector-operator': 'not a valid selector operator',
  'port-range': 'must be between 1 and 65535, inclusive',
  'end-port-below-port': 'must be greater than or equal to `port`',
  'end-port-with-name': 'may not be specified when `port` is non-numeric',
  'end-port-without-port': 'may not be specified when `port` is not specified',
  'port-name-over-15': 'must be no more than 15 characters',
  'port-name-characters': 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
  'port-name-without-letter': 'must contain at least one letter (a-z)',
  'port-name-double-hyphen': 'must not contain consecutive hyphens',
  'port-name-hyphen-at-end': 'must not begin or end with a hyphen',
  'cidr-syntax': 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
  'cidr-leading-zeros': 'must not have leading 0s in IP or prefix length',
  'cidr-ipv4-mapped': 'must not have an IPv4-mapped IPv6 address',
  'cidr-host-bits': 'must not have bits set beyond the prefix length',
  'except-outside-cidr': 'must be a strict subset of `cidr`',
  'policy-types-over-two': 'may not specify more than two policyTypes',
} as const

/** Errors at a field that show no value. */
const AT_FIELD = {
  'name-required': 'Required value: name or generateName is required',
  'values-required': "Required value: must be specified when `operator` is 'In' or 'NotIn'",
  'values-forbidden': "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
  'cidr-required': 'Required value',
  'peer-required': 'Required value: must specify a peer',
  'peer-with-ip-block': 'Forbidden: may not specify both ipBlock and another peer',
  'containers-required': 'Required value',
  'container-port-required': 'Required value',
  'annotations-too-long': 'Too long: may not be more than 262144 bytes',
} as const

/** Everything else that an error may say about an object. */
const OBJECT = {
  'policy-type': ({ path, value }: MessageArgs) =>
    `${path}: Unsupported value: ${value}: supported values: "Ingress", "Egress"`,
  'policy-protocol': ({ path, value }: MessageArgs) =>
    `${path}: Unsupported value: ${value}: supported values: "TCP", "UDP", "SCTP"`,
  'container-protocol': ({ path, value }: MessageArgs) =>
    `${path}: Unsupported value: ${value}: supported values: "SCTP", "TCP", "UDP"`,
  'port-name-twice': ({ path, value }: MessageArgs) => `${path}: Duplicate value: ${value}`,
  'unknown-field': ({ path, suggestion }: MessageArgs) =>
    `unknown field "${path}"${suggestion === undefined ? '' : `; did you mean "${suggestion}"?`}`,
  'wrong-type': ({ path, found, struct, field, type, word }: MessageArgs) =>
    `${path}: json: cannot unmarshal ${found} into Go struct field ${struct}.${field} of type ${type}` +
    (word === undefined
      ? ''
      : `. YAML takes the bare word ${word} for a boolean: write "${word}", with quotes`),
  'kind-not-set': () => 'kind not set',
  'api-version-not-set': () => 'apiVersion not set',
  'not-string-type': ({ path }: MessageArgs) => `${path} isn't string type`,
  'not-an-object': () =>
    'This document is no Kubernetes object: it needs fields such as apiVersion, kind and metadata.',
  'unknown-version': ({ kind, apiVersion, wanted, wantedKind }: MessageArgs) =>
    `no matches for kind "${kind}" in version "${apiVersion}"; write kind "${wantedKind}" and apiVersion "${wanted}"`,
  'list-without-items': () => 'A List needs items.',
  'list-in-list': () => 'A List inside a List is not read: put its items into the outer list.',
  'generate-name': ({ name }: MessageArgs) =>
    `from ${name}: cannot use generate name with apply; give the object a name`,
  'expectation-type': ({ path, found, wanted }: MessageArgs) => `${path} must be ${wanted}, not ${found}`,
  'expectation-incomplete': ({ path, field }: MessageArgs) =>
    `${path} is missing: an expectation says ${EXPECTATION_FIELDS[String(field)] ?? ''}`,
  'expectation-verdict': ({ path, value }: MessageArgs) =>
    `${path}: ${value} is no verdict; write allowed or blocked`,
  'expectation-port': ({ path, value }: MessageArgs) =>
    `${path}: ${value} is no port; write one like 5432/TCP, 8000-8010/TCP, http/TCP or TCP, or leave it out for all`,
} as const

const EXPECTATION_FIELDS: Readonly<Record<string, string>> = {
  from: 'from where: NAMESPACE/POD, NAMESPACE/WORKLOAD, NAMESPACE, an address, a CIDR or outside',
  to: 'to where: NAMESPACE/POD, NAMESPACE/WORKLOAD, NAMESPACE, an address, a CIDR or outside',
  verdict: 'what it expects: allowed or blocked',
}

const WARNINGS = {
  'same-name-twice': ({ kind, name }: MessageArgs) =>
    `${kind} ${name} is given more than once; the last one counts, and this one is left out.`,
  'cidr-not-canonical': ({ path, value, canonical }: MessageArgs) =>
    `${path}: IPv6 CIDR value ${value} should be in RFC 5952 canonical format (${canonical})`,
  'port-name-in-two-containers': ({ path, first, value }: MessageArgs) =>
    `${path}: duplicate port name ${value} with ${first}, services and probes that select ports by name will use ${first}`,
  'text-after-document-end': () =>
    'Everything after "..." up to the next "---" is ignored by kubectl. Write "---" to begin another document.',
  'expectation-failed': ({ name, reason }: MessageArgs) => `Not as expected (${name}): ${reason}`,
  'expectation-unchecked': ({ name, reason }: MessageArgs) =>
    `Expectation that cannot be checked (${name}): ${reason}`,
} as const

const HINTS = {
  'duplicate-key': ({ key }: MessageArgs) =>
    `The key "${key}" is given again below, and the last one counts: this one has no effect.`,
  'replicas-shown': ({ name, shown, wanted }: MessageArgs) =>
    `${name} makes ${wanted} pods; the first ${shown} stand for all of them.`,
  'no-replicas': ({ name }: MessageArgs) => `${name} makes no pods as it is written.`,
  'more-problems': ({ count }: MessageArgs) => `${count} more problems are not listed.`,
} as const

/** The text cannot be read at all. */
const SYNTAX = {
  'yaml-anchor': () => 'An anchor (&name), alias (*name) or tag (!name) is misplaced here.',
  'yaml-anchor-contains-itself': ({ anchor }: MessageArgs) =>
    `The alias *${anchor} stands inside the value that it names; write the value out.`,
  'yaml-unknown-anchor': ({ anchor }: MessageArgs) =>
    `There is no &${anchor} before this alias in the same document; define it first, or quote the text.`,
  'yaml-alias-bomb': () => 'The aliases of this document expand to far too much; write the values out.',
  'yaml-binary': () => 'A !!binary value must be text in base64.',
  'yaml-block-in-flow': () =>
    'Inside brackets, lists and maps are written with brackets too: [a, b] and {key: value}.',
  'yaml-control-character': ({ code }: MessageArgs) =>
    `The control character U+${code} may not stand in YAML; remove it.`,
  'yaml-directive': () => 'kubectl refuses directives such as %YAML; remove this line.',
  'yaml-escape': () =>
    'This is no escape that a text in double quotes knows; write \\\\ for a backslash, or use single quotes.',
  'yaml-indentation': () =>
    'The indentation fits nothing above it; align the line with the keys it belongs to.',
  'yaml-key-type': () => 'A list, a map or nothing cannot be a key; write a text, quoted where in doubt.',
  'yaml-long-key': () => 'A key may be at most 1024 characters long; is a quote or a colon missing?',
  'yaml-merge': () => 'A merge key (<<) takes a map or a list of maps.',
  'yaml-missing-character': () =>
    'Something is missing here: a closing quote, a closing bracket, a comma, or a blank after a colon.',
  'yaml-missing-colon': ({ text }: MessageArgs) =>
    `"${text}" has no value; write a colon and a blank after the key, as in "key: value".`,
  'yaml-multiline-key': () => 'A key must stand on one line; is a quote, a bracket or a colon missing?',
  'yaml-nested-mapping': () =>
    'A value cannot begin another map or list on the same line; put it on the next line and indent it, or quote the text.',
  'yaml-not-finite': ({ value }: MessageArgs) =>
    `JSON has no number ${value}; quote it if it is meant as text.`,
  'yaml-scalar-start': () => 'A text cannot begin with this character; put the text in quotes.',
  'yaml-separator': ({ rest }: MessageArgs) =>
    `Nothing but a comment may stand after "---"; put "${String(rest).slice(0, 40)}" on the next line.`,
  'yaml-tab': () => 'A tab cannot indent YAML; use blanks.',
  'yaml-tag': ({ tag }: MessageArgs) => `The value is not what its tag ${tag} says.`,
  'yaml-template': () =>
    'This is a template, not YAML yet: render it first (helm template, or what your tool calls it) and take the result.',
  'yaml-unexpected': () => 'This does not belong here; is something missing before it?',
  'json-syntax': ({ what, found }: MessageArgs) => `JSON needs ${what} here, not "${found}".`,
  'json-ends-early': ({ what }: MessageArgs) => `The JSON text ends where it needs ${what}.`,
  'json-escape': () => 'JSON knows no such escape; write \\\\ for a backslash.',
  'document-too-deep': ({ MAX_DEPTH }: MessageArgs) =>
    `The document is nested more than ${MAX_DEPTH} levels deep and is not read.`,
  'text-too-long': ({ limit }: MessageArgs) =>
    `The file is longer than ${limit} characters and is not read; split it.`,
  'too-many-documents': ({ limit }: MessageArgs) =>
    `More than ${limit} documents are not read; from here on everything is left out.`,
} as const

type InvalidCode = keyof typeof INVALID
type AtFieldCode = keyof typeof AT_FIELD

export type MessageCode =
  | InvalidCode
  | AtFieldCode
  | keyof typeof OBJECT
  | keyof typeof WARNINGS
  | keyof typeof HINTS
  | keyof typeof SYNTAX

type Sentence = (args: MessageArgs) => string

const SENTENCES: ReadonlyMap<string, Sentence> = new Map<string, Sentence>([
  ...Object.entries(INVALID).map(([code, detail]): [string, Sentence] => [
    code,
    ({ path, value }) => `${path}: Invalid value: ${value}: ${detail}`,
  ]),
  ...Object.entries(AT_FIELD).map(([code, detail]): [string, Sentence] => [
    code,
    ({ path }) => `${path}: ${detail}`,
  ]),
  ...Object.entries<Sentence>(OBJECT),
  ...Object.entries<Sentence>(WARNINGS),
  ...Object.entries<Sentence>(HINTS),
  ...Object.entries<Sentence>(SYNTAX),
])

/** All codes of the parse layer, ascending. */
export const MESSAGE_CODES: readonly MessageCode[] = [...SENTENCES.keys()].sort() as MessageCode[]

/** The sentence of a code. `args.path` is the Kubernetes field path where the sentence begins with one. */
export function messageOf(code: MessageCode, args: MessageArgs): string {
  return SENTENCES.get(code)?.(args) ?? code
}

export function severityOf(code: MessageCode): Severity {
  if (Object.hasOwn(WARNINGS, code)) return 'warning'
  return Object.hasOwn(HINTS, code) ? 'info' : 'error'
}

/** Values longer than this are cut in messages; no valid name, label or block comes near it. */
const LONGEST_VALUE = 1000

/** A string as Go's `%q` prints it: quoted, printable characters kept. */
export function quoteGo(text: string): string {
  let quoted = ''
  for (const character of text.length > LONGEST_VALUE ? text.slice(0, LONGEST_VALUE) : text) {
    const code = character.codePointAt(0) ?? 0
    const escape = GO_ESCAPES[character]
    if (escape !== undefined) quoted += escape
    else if (code < 0x20 || code === 0x7f) quoted += `\\x${code.toString(16).padStart(2, '0')}`
    else if (code < 0x7f || isPrintable(character)) quoted += character
    else if (code < 0x10000) quoted += `\\u${code.toString(16).padStart(4, '0')}`
    else quoted += `\\U${code.toString(16).padStart(8, '0')}`
  }
  return `"${quoted}${text.length > LONGEST_VALUE ? '…' : ''}"`
}

const GO_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** Go's strconv.IsPrint: letters, marks, numbers, punctuation, symbols; of blanks only U+0020. */
function isPrintable(character: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character)
}

/** A value of a named string type, or a list of them, as errors show it from 1.34 on: JSON with HTML escapes (E3). */
export function quoteJson(value: string | readonly string[]): string {
  const cut = (text: string): string =>
    text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text
  return JSON.stringify(typeof value === 'string' ? cut(value) : value.slice(0, 100).map(cut)).replace(
    /[<>&\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
