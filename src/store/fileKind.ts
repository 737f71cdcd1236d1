import { dumpKindOf, type DumpKind } from '../model/dumpText.ts'
import type { ScenarioFile } from '../model/scenario.ts'

/** What a file of the scenario is about, by its text. */
export type FileKind = 'manifests' | 'expectations' | Exclude<DumpKind, 'none'>

/** Characters that tell what a text is; reading the whole of a large dump would take longer than a frame. */
const TELLING = 200_000

const EXPECTATIONS = /^(?:kind|"kind"|'kind')\s*:\s*["']?Expectations["']?\s*(?:#.*)?$/m

/** Files are never changed in place, so that one answer holds for as long as the file does. */
const known = new WeakMap<ScenarioFile, FileKind>()

export function fileKindOf(file: ScenarioFile): FileKind {
  let kind = known.get(file)
  if (kind === undefined) {
    kind = kindOfText(file.text)
    known.set(file, kind)
  }
  return kind
}

function kindOfText(text: string): FileKind {
  const head = text.slice(0, TELLING)
  const dump = dumpKindOf(head)
  if (dump !== 'none') return dump
  return EXPECTATIONS.test(head) ? 'expectations' : 'manifests'
}

export function isDump(file: ScenarioFile): boolean {
  const kind = fileKindOf(file)
  return kind !== 'manifests' && kind !== 'expectations'
}

/** What a file's tab says beside its name, and a screen reader after it. */
export const FILE_KIND_NAMES: Readonly<Record<FileKind, string>> = {
  manifests: 'manifests',
  expectations: 'expectations',
  iptables: 'a node’s iptables',
  ipset: 'a node’s ipsets',
  both: 'a node’s iptables and ipsets',
  ip6tables: 'IPv6 rules, which are not read',
  nft: 'nft’s own listing, which is not read',
  'ipset-markup': 'ipset’s XML or JSON, which is not read',
}
