import type { FlowVerdict } from '../../model/picture.ts'

export const VERDICT_WORDS: Readonly<Record<FlowVerdict, string>> = {
  allowed: 'allowed',
  partial: 'partly allowed',
  blocked: 'blocked',
  unrestricted: 'not governed',
}

/** A sign of another shape for each, so that colour never stands alone. */
export const VERDICT_MARKS: Readonly<Record<FlowVerdict, string>> = {
  allowed: '✓',
  partial: '◐',
  blocked: '✕',
  unrestricted: '·',
}
