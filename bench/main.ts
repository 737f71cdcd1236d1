import os from 'node:os'
import process from 'node:process'
import { benchAnalyze } from './analyze.ts'
import { LARGEST_CLUSTER, REAL_CLUSTER } from './cluster.ts'
import { benchGraph } from './graph.ts'
import { benchOpen } from './open.ts'
import { benchFolders, benchReachability } from './reachability.ts'
import { benchEdit, benchTranslate } from './translate.ts'

const SEED = 1
const SECTIONS: Readonly<Record<string, () => void>> = {
  translate: () => benchTranslate(SEED),
  edit: () => benchEdit(SEED),
  small: () => benchAnalyze({ namespaces: 2, pods: 9, policies: 4 }, SEED, 50),
  medium: () => benchAnalyze({ namespaces: 110, pods: 1000, policies: 99 }, SEED, 15),
  graph: () => benchGraph(SEED),
  open: () => benchOpen({ namespaces: 550, pods: 5000, policies: 500 }, SEED),
  largest: () => benchOpen(LARGEST_CLUSTER, SEED),
  reachability: () => benchReachability(SEED),
  real: () => benchAnalyze(REAL_CLUSTER, SEED, 1),
}

const wanted = process.argv.slice(2)
const [load = 0] = os.loadavg()
console.log(`Node ${process.version}, ${os.cpus().length} processors, load ${load.toFixed(1)}`)
const folders = wanted[0] === 'reachability' ? wanted.slice(1) : []
if (folders.length > 0) benchFolders(folders)
else
  for (const [name, run] of Object.entries(SECTIONS)) if (wanted.length === 0 || wanted.includes(name)) run()
console.log(`\nMemory at the most: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`)
