import type { ReachChain } from './reachChains.ts'
import type { ReachRule } from './reachRules.ts'
import { ALL_TRAFFIC } from '../../model/traffic.ts'

/**
 * What a rule does to the traffic that it matches. `exit`: the traffic never comes back to the rule's chain; `live` are
 * the bits of its mark that still matter where it goes. `other`: anything else.
 */
export type Action =
  | { readonly kind: 'mark'; readonly bits: number }
  | { readonly kind: 'exit'; readonly to: string; readonly live: number }
  | { readonly kind: 'other' }

type ChainsByName = ReadonlyMap<string, ReachChain>

const OTHER: Action = { kind: 'other' }

/** A rule that every packet matches whose mark has these bits. */
function always(rule: ReachRule, bits: number): boolean {
  return (
    rule.extent.sure === ALL_TRAFFIC &&
    rule.src.atoms.length + rule.src.sets.length + rule.dst.atoms.length + rule.dst.sets.length === 0 &&
    rule.marks.every(
      ({ value, mask, inverted }) => !inverted && value === mask && (bits & mask) >>> 0 === mask,
    )
  )
}

/** Tells what rules of a table do. `tables`: all that the packet walks through. */
export function createActions(
  tables: readonly ChainsByName[],
  chains: ChainsByName,
): (rule: ReachRule) => Action {
  // Where marks only ever gain bits, a bit that is set stays set.
  const onlyGains = [...chains.values()].every(chain =>
    chain.rules.every(({ rule: { target } }) => target.kind !== 'mark' || target.value === target.mask),
  )
  const testedIn = (chain: ReachChain): number =>
    chain.rules.reduce((bits, { marks }) => marks.reduce((sum, { mask }) => sum | mask, bits), 0)
  const testedElsewhere = tables
    .filter(table => table !== chains)
    .flatMap(table => [...table.values()])
    .reduce((bits, chain) => bits | testedIn(chain), 0)

  const endless = new Map<string, boolean>()
  /** Whether no packet comes back from the chain that enters it with these bits. */
  const neverReturns = (name: string, entering: number): boolean => {
    const key = `${entering} ${name}`
    const known = endless.get(key)
    if (known !== undefined) return known
    // A loop is nothing to rely on.
    endless.set(key, false)
    const answer = endsAll(chains.get(name)?.rules ?? [], entering)
    endless.set(key, answer)
    return answer
  }
  const endsAll = (rules: readonly ReachRule[], entering: number): boolean => {
    let bits = entering
    for (const rule of rules) {
      const { target } = rule.rule
      const certain = always(rule, bits)
      if (target.kind === 'return') return false
      if (target.kind === 'goto' && !neverReturns(target.chain, bits)) return false
      if (!certain) continue
      if (target.kind === 'verdict' || target.kind === 'reject' || target.kind === 'goto') return true
      if (target.kind === 'jump' && neverReturns(target.chain, bits)) return true
      if (target.kind === 'mark' && onlyGains) bits |= target.value
    }
    return false
  }

  const liveBits = new Map<string, number>()
  /** The bits that are tested in a chain, in those that it leads to and in other tables. */
  const liveIn = (name: string): number => {
    const known = liveBits.get(name)
    if (known !== undefined) return known
    const reached = new Set([name])
    let bits = testedElsewhere
    for (const one of reached)
      for (const rule of chains.get(one)?.rules ?? []) {
        for (const { mask } of rule.marks) bits |= mask
        const { target } = rule.rule
        if (target.kind === 'jump' || target.kind === 'goto') reached.add(target.chain)
      }
    liveBits.set(name, bits)
    return bits
  }

  return ({ rule: { target } }) => {
    switch (target.kind) {
      case 'verdict':
        return { kind: 'exit', to: target.verdict, live: target.verdict === 'ACCEPT' ? testedElsewhere : 0 }
      case 'reject':
        return { kind: 'exit', to: 'DROP', live: 0 }
      case 'mark':
        return onlyGains ? { kind: 'mark', bits: target.value } : OTHER
      case 'jump':
      case 'goto':
        return neverReturns(target.chain, 0)
          ? { kind: 'exit', to: `chain ${target.chain}`, live: liveIn(target.chain) }
          : OTHER
      default:
        return OTHER
    }
  }
}
