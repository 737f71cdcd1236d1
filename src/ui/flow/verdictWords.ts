import type { FlowVerdict } from '../../model/picture.ts'

export const VERDICT_WORDS: Readonly<Record<FlowVerdict, string>> = {
  allowed: 'allowed',
  partial: 'partly allowed',
  blocked: 'blocked',
  unrestricted: 'not governed',
}
