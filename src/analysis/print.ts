import { iptablesRestoreFromNothing, ipsetRestoreFromNothing } from '../engine/azure-npm/restoreText.ts'
import { printIptablesList, printIptablesSave } from '../engine/netfilter/printIptables.ts'
import { printIpsetList, printIpsetSave } from '../engine/netfilter/printIpSet.ts'
import type { PrintedLine, PrintForm } from '../model/protocol.ts'
import type { Ruleset } from '../model/ruleset.ts'

const PRINTERS: Readonly<Record<PrintForm, (ruleset: Ruleset) => readonly PrintedLine[]>> = {
  'iptables-restore': iptablesRestoreFromNothing,
  'iptables-save': printIptablesSave,
  'iptables-list': printIptablesList,
  'ipset-restore': ipsetRestoreFromNothing,
  'ipset-save': printIpsetSave,
  'ipset-list': printIpsetList,
}

/** The ruleset as one of the tools prints it, or as text that builds it from nothing. */
export function print(ruleset: Ruleset, form: PrintForm): readonly PrintedLine[] {
  return PRINTERS[form](ruleset)
}

/** The lines as one text, ended as the tools end it; `''` when there are none. */
export function textOf(lines: readonly PrintedLine[]): string {
  return lines.map(line => `${line.text}\n`).join('')
}
