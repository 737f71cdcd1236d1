import process from 'node:process'
import { runCommandNow, type CommandResult } from './command.ts'

export type Backend = 'nft' | 'legacy'

export const BACKENDS: readonly Backend[] = ['nft', 'legacy']

export interface Abilities {
  /** The iptables back ends that work here; none where nothing can be tested. */
  readonly backends: readonly Backend[]
  /** One line for each thing that is skipped. */
  readonly lacks: readonly string[]
}

/** A rule with everything that azure-npm's rules use: what is missing shows in the tool's own words. */
const SAMPLE_SETS = 'create npf-a hash:net\ncreate npf-b hash:ip,port\ncreate npf-c list:set\n'
const SAMPLE_RULES = [
  '*filter',
  ':NPF - -',
  '-A FORWARD -j NPF -m conntrack --ctstate NEW',
  '-A NPF -j MARK --set-mark 0x200/0x200 -p TCP --dport 80:81 -m set --match-set npf-a src -m set ! --match-set npf-b dst,dst -m comment --comment sample',
  '-A NPF -j ACCEPT -p SCTP --dport 80 -m set --match-set npf-c src -m mark --mark 0x200/0x200',
  '-A NPF -j DROP -p UDP --dport 53',
  'COMMIT',
  '',
].join('\n')

/** Tries in a namespace of its own what the tests need, and leaves nothing behind. */
export function findAbilities(): Abilities {
  const lack = basicLack()
  if (lack !== undefined) return { backends: [], lacks: [`Kernel tests skipped: ${lack}.`] }
  const name = `npf-${process.pid}-sample`
  const made = runCommandNow(['ip', 'netns', 'add', name])
  if (made.code !== 0) return nothing(`no network namespace can be made (${words(made)})`)
  try {
    const inside = (argv: readonly string[], stdin?: string) =>
      runCommandNow(['ip', 'netns', 'exec', name, ...argv], stdin)
    const veth = inside(['ip', 'link', 'add', 'npf0', 'type', 'veth', 'peer', 'name', 'npf1'])
    if (veth.code !== 0) return nothing(`no veth pair can be made (${words(veth)})`)
    const sets = inside(['ipset', 'restore'], SAMPLE_SETS)
    if (sets.code !== 0) return nothing(`ipset does not work (${words(sets)})`)
    const lacks: string[] = []
    const backends = BACKENDS.filter(backend => {
      const rules = inside([`iptables-${backend}-restore`, '--noflush'], SAMPLE_RULES)
      if (rules.code !== 0)
        lacks.push(`Kernel tests of iptables-${backend} skipped: it does not work (${words(rules)}).`)
      return rules.code === 0
    })
    return {
      backends,
      lacks: [...lacks, 'Kernel tests send no SCTP: Node has no SCTP sockets.'],
    }
  } finally {
    runCommandNow(['ip', 'netns', 'del', name])
  }
}

function basicLack(): string | undefined {
  if (process.platform !== 'linux') return `they need Linux, this is ${process.platform}`
  if (process.getuid?.() !== 0) return 'they need root'
  const missing = [
    { tool: 'ip', argv: ['ip', '-V'], debian: 'iproute2' },
    { tool: 'ipset', argv: ['ipset', '--help'], debian: 'ipset' },
    { tool: 'iptables', argv: ['iptables', '--version'], debian: 'iptables' },
  ].filter(({ argv }) => runCommandNow(argv).code === -1)
  if (missing.length === 0) return undefined
  const packages = missing.map(({ debian }) => debian).join(' ')
  return `${missing.map(({ tool }) => tool).join(', ')} not found (Debian: apt-get install ${packages})`
}

function nothing(lack: string): Abilities {
  return { backends: [], lacks: [`Kernel tests skipped: ${lack}.`] }
}

/** What a tool that failed said first. */
function words({ code, stderr }: CommandResult): string {
  return stderr.trim().split('\n')[0] || `exit code ${code}`
}
