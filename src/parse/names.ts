/**
 * The syntax checks of Kubernetes' names (kubernetes-admission M1–M4, L1, L2, P5). Each gives the codes of the rules
 * that fail, in Kubernetes' order. They scan by character class instead of matching nested patterns, so that a
 * megabyte of text costs a megabyte's time.
 */
import type { MessageCode } from './messages.ts'

/** Length in UTF-8 bytes, as Go's len() counts. */
export function byteLength(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) bytes += 1
    // Each half of a surrogate pair stands for 2 of its 4 bytes.
    else bytes += unit >= 0xd800 && unit <= 0xdfff ? 1 : 2
  }
  return bytes
}

function isDnsLabelText(text: string): boolean {
  return text !== '' && !/[^-a-z0-9]/.test(text) && !text.startsWith('-') && !text.endsWith('-')
}

function isSubdomainText(text: string): boolean {
  return text.split('.').every(isDnsLabelText)
}

/** `([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]` */
function isLabelText(text: string): boolean {
  return !/[^-A-Za-z0-9_.]/.test(text) && /^[A-Za-z0-9]/.test(text) && /[A-Za-z0-9]$/.test(text)
}

/** M1 */
export function subdomainErrors(name: string): readonly MessageCode[] {
  return [
    ...(byteLength(name) > 253 ? (['name-over-253'] as const) : []),
    ...(isSubdomainText(name) ? [] : (['name-not-subdomain'] as const)),
  ]
}

/** M3. A dotted name that is a subdomain otherwise is told so. */
export function dnsLabelErrors(name: string): readonly MessageCode[] {
  const errors: MessageCode[] = byteLength(name) > 63 ? ['name-over-63'] : []
  if (isDnsLabelText(name)) return errors
  return [...errors, isSubdomainText(name) ? 'name-with-dots' : 'name-not-dns-label']
}

/** M2: `x-` makes `x-abcde`. */
export function generateNameErrors(prefix: string): readonly MessageCode[] {
  return subdomainErrors(prefix.endsWith('-') ? `${prefix.slice(0, -1)}a` : prefix)
}

/** L1 */
export function labelKeyErrors(key: string): readonly MessageCode[] {
  const parts = key.split('/')
  if (parts.length > 2) return ['label-key']
  const name = parts.at(-1) ?? ''
  const prefix = parts.length === 2 ? parts[0] : undefined
  const errors: MessageCode[] = []
  if (prefix === '') errors.push('label-prefix-empty')
  else if (prefix !== undefined) {
    if (byteLength(prefix) > 253) errors.push('label-prefix-over-253')
    if (!isSubdomainText(prefix)) errors.push('label-prefix')
  }
  if (name === '') errors.push('label-name-empty')
  else if (byteLength(name) > 63) errors.push('label-name-over-63')
  if (!isLabelText(name)) errors.push('label-name')
  return errors
}

/** L2 */
export function labelValueErrors(value: string): readonly MessageCode[] {
  return [
    ...(byteLength(value) > 63 ? (['label-value-over-63'] as const) : []),
    ...(value === '' || isLabelText(value) ? [] : (['label-value'] as const)),
  ]
}

/** P5 */
export function portNameErrors(name: string): readonly MessageCode[] {
  const errors: MessageCode[] = []
  if (byteLength(name) > 15) errors.push('port-name-over-15')
  if (name === '' || /[^-a-z0-9]/.test(name)) errors.push('port-name-characters')
  if (!/[a-z]/.test(name)) errors.push('port-name-without-letter')
  if (name.includes('--')) errors.push('port-name-double-hyphen')
  if (name.startsWith('-') || name.endsWith('-')) errors.push('port-name-hyphen-at-end')
  return errors
}
