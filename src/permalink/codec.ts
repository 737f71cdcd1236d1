import { FlateErrorCode, Inflate, deflateSync, strFromU8, strToU8 } from 'fflate'
import { failed, ok } from '../model/result.ts'
import type { Result } from '../model/result.ts'
import type { SharedScenario } from '../model/scenario.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { crc32 } from './crc32.ts'
import { CURRENT_DICTIONARY, dictionaryText } from './dictionary.ts'
import { parseDocument, printDocument } from './document.ts'
import { linkProblem } from './linkProblem.ts'
import type { LinkProblem } from './linkProblem.ts'

/**
 * The largest document that a link may hold, in bytes of UTF-8. Chromium opens no address of more than 2 MiB, and a
 * link of a few KB can unpack to gigabytes.
 */
export const LINK_BYTES_MAX = 2 * 1024 * 1024

/** Compressed bytes unpacked at a time. Deflate expands at most 1,032-fold, so that one step makes at most 1 MiB. */
const STEP = 1024

/**
 * The fragment (without `#`) of a link that holds the scenario: `v1=` and, in base64url, dictionary id u8, flags u8
 * (0), length of the document varint, CRC-32 of the document u32 big-endian, raw deflate of the document with that
 * dictionary. The same scenario gives the same text. Lone surrogates become U+FFFD. `''` when the document is over
 * `LINK_BYTES_MAX`: such a scenario is shared as files.
 */
export function encodeScenario(scenario: SharedScenario): string {
  const document = strToU8(printDocument(scenario))
  if (document.length > LINK_BYTES_MAX) return ''
  const packed = deflateSync(document, {
    level: 9,
    mem: 12,
    dictionary: strToU8(dictionaryText(CURRENT_DICTIONARY) ?? ''),
  })
  const head = [CURRENT_DICTIONARY, 0, ...varint(document.length), ...uint32(crc32(document))]
  const bytes = new Uint8Array(head.length + packed.length)
  bytes.set(head)
  bytes.set(packed, head.length)
  return `v1=${encodeBase64url(bytes)}`
}

/**
 * Reads a fragment of any released version; a whole address will do too. Forgives what chat and mail programs do to
 * links: percent-encoding (even twice), line breaks, punctuation after the end. Parameters beside the scenario are
 * left alone. Never throws, and never unpacks more than the link declares.
 */
export function decodeScenario(fragment: string): Result<SharedScenario, LinkProblem> {
  const plain = unescapeLink(fragment)
  const parameters = plain.slice(plain.indexOf('#') + 1).split('&')
  for (const parameter of parameters) {
    const versioned = /^v([1-9][0-9]{0,3})=(.*)$/.exec(parameter)
    if (versioned === null) continue
    return versioned[1] === '1' ? decodeV1(versioned[2] ?? '') : failed(linkProblem('newer-version'))
  }
  return failed(linkProblem('not-a-link'))
}

function decodeV1(text: string): Result<SharedScenario, LinkProblem> {
  const bytes = decodeBase64url(text)
  const [id, flags] = bytes
  if (id === undefined || flags === undefined) return failed(linkProblem('truncated'))
  const dictionary = dictionaryText(id)
  if (dictionary === undefined) return failed(linkProblem(problemOfUnknown(bytes)))
  if (flags !== 0) return failed(linkProblem('newer-version'))

  const packed = readHead(bytes)
  if (!packed.ok) return packed
  const { length, checksum, data } = packed.value
  const document = unpack(data, strToU8(dictionary), length)
  if (!document.ok) return document
  if (crc32(document.value) !== checksum) return failed(linkProblem('altered'))
  return parseDocument(strFromU8(document.value))
}

/**
 * Why bytes that name an unknown dictionary cannot be opened. Deflate keeps its form whatever the dictionary says: what
 * unpacks to the declared length with a blank one is a later version's link, and all else is none at all, or cut.
 */
function problemOfUnknown(bytes: Uint8Array): LinkProblem['code'] {
  const packed = readHead(bytes)
  if (!packed.ok) return 'altered'
  const { length, data } = packed.value
  const document = unpack(data, new Uint8Array(DEFLATE_WINDOW), length)
  if (document.ok) return 'newer-version'
  return document.error.code
}

/** The farthest that deflate refers back, in bytes. */
const DEFLATE_WINDOW = 32768

interface PackedDocument {
  /** Of the document, in bytes. */
  readonly length: number
  readonly checksum: number
  readonly data: Uint8Array
}

/** What stands behind dictionary and flags. */
function readHead(bytes: Uint8Array): Result<PackedDocument, LinkProblem> {
  let at = 2
  let length = 0
  for (let shift = 0, more = true; more; shift += 7) {
    const byte = bytes[at++]
    if (byte === undefined) return failed(linkProblem('truncated'))
    length += (byte & 127) * 2 ** shift
    more = byte > 127
    if (length > LINK_BYTES_MAX || shift > 21) return failed(linkProblem('too-large'))
  }
  if (bytes.length < at + 4) return failed(linkProblem('truncated'))
  const checksum = bytes.subarray(at, at + 4).reduce((sum, byte) => sum * 256 + byte, 0)
  return ok({ length, checksum, data: bytes.subarray(at + 4) })
}

/** Unpacks `length` bytes step by step and stops at the first byte too many. */
function unpack(packed: Uint8Array, dictionary: Uint8Array, length: number): Result<Uint8Array, LinkProblem> {
  const document = new Uint8Array(length)
  let written = 0
  let ended = false
  const inflate = new Inflate({ dictionary }, (piece, final) => {
    if (written + piece.length <= length) document.set(piece, written)
    written += piece.length
    ended ||= final
  })
  try {
    for (let at = 0; at < packed.length && written <= length; at += STEP)
      inflate.push(packed.subarray(at, at + STEP), at + STEP >= packed.length)
  } catch (error) {
    return failed(linkProblem(isUnexpectedEnd(error) ? 'truncated' : 'altered'))
  }
  if (written > length) return failed(linkProblem('altered'))
  return ended && written === length ? ok(document) : failed(linkProblem('truncated'))
}

function isUnexpectedEnd(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === FlateErrorCode.UnexpectedEOF
}

/** Undoes percent-encoding of ASCII characters, up to three layers of it, and drops white space. */
function unescapeLink(text: string): string {
  let plain = text
  for (let layer = 0; layer < 3 && plain.includes('%'); layer++)
    plain = plain.replace(/%([0-7][0-9a-fA-F])/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return plain.replace(/\s+/g, '')
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return [...bytes, rest]
}

function uint32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
}
