import type { Rule, Verdict } from '../../model/ruleset.ts'
import { ACCEPT_CHAIN, AZURE_CHAIN, EGRESS_CHAIN, INGRESS_ALLOW_CHAIN, INGRESS_CHAIN } from './names.ts'

/** §4.1. The mask equals the value: setting one mark leaves the others. */
export const INGRESS_ALLOW_MARK = 0x200
export const INGRESS_DROP_MARK = 0x400
export const EGRESS_DROP_MARK = 0x800

/** In the order of their creation (§4.2). */
export const BASE_CHAINS: readonly string[] = [
  AZURE_CHAIN,
  INGRESS_CHAIN,
  INGRESS_ALLOW_CHAIN,
  EGRESS_CHAIN,
  ACCEPT_CHAIN,
]

export function markText(mark: number): string {
  const hex = `0x${mark.toString(16)}`
  return `${hex}/${hex}`
}

function comment(text: string): Rule['matches'][number] {
  return { kind: 'comment', text }
}

function markMatch(mark: number): Rule['matches'][number] {
  return { kind: 'mark', value: mark, mask: mark, inverted: false }
}

function jump(chain: string): Rule {
  return { matches: [], target: { kind: 'jump', chain } }
}

function verdict(value: Verdict): Rule['target'] {
  return { kind: 'verdict', verdict: value }
}

/** What NPM adds to a base chain at start (§4.3); policy jumps come before these rules. */
export function baseRules(chain: string): readonly Rule[] {
  switch (chain) {
    case INGRESS_CHAIN:
      return [
        {
          matches: [
            markMatch(INGRESS_DROP_MARK),
            comment(`DROP-ON-INGRESS-DROP-MARK-${markText(INGRESS_DROP_MARK)}`),
          ],
          target: verdict('DROP'),
        },
      ]
    case INGRESS_ALLOW_CHAIN:
      return [
        {
          matches: [comment(`SET-INGRESS-ALLOW-MARK-${markText(INGRESS_ALLOW_MARK)}`)],
          target: { kind: 'mark', value: INGRESS_ALLOW_MARK, mask: INGRESS_ALLOW_MARK },
        },
        jump(EGRESS_CHAIN),
      ]
    case EGRESS_CHAIN:
      return [
        {
          matches: [
            markMatch(EGRESS_DROP_MARK),
            comment(`DROP-ON-EGRESS-DROP-MARK-${markText(EGRESS_DROP_MARK)}`),
          ],
          target: verdict('DROP'),
        },
        {
          matches: [
            markMatch(INGRESS_ALLOW_MARK),
            comment(`ACCEPT-ON-INGRESS-ALLOW-MARK-${markText(INGRESS_ALLOW_MARK)}`),
          ],
          target: { kind: 'jump', chain: ACCEPT_CHAIN },
        },
      ]
    case ACCEPT_CHAIN:
      return [{ matches: [], target: verdict('ACCEPT') }]
    default:
      return []
  }
}

/** The rules of AZURE-NPM while some policy is in force; without one the chain is empty and NPM does nothing. */
export function activeRules(): readonly Rule[] {
  return [jump(INGRESS_CHAIN), jump(EGRESS_CHAIN), jump(ACCEPT_CHAIN)]
}

/** The jump in FORWARD (§4.4): only first packets of a connection meet NPM. */
export function forwardJump(): Rule {
  return {
    matches: [{ kind: 'ctstate', states: ['NEW'], inverted: false }],
    target: { kind: 'jump', chain: AZURE_CHAIN },
  }
}
