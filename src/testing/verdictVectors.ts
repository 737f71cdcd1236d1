import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { required } from '../model/assert.ts'
import type { Cluster, Pod } from '../model/cluster.ts'
import { podKey } from '../model/cluster.ts'
import { parseIpv4 } from '../model/ip.ts'
import type { Ipv4 } from '../model/ip.ts'
import type { ProfileId } from '../model/scenario.ts'
import type { Protocol } from '../model/traffic.ts'
import { rawCluster } from '../parse/rawManifests.ts'

/** A cluster of `verdicts.json` in its stored form, with the packets that were sent in it. */
export interface VerdictCase {
  readonly name: string
  readonly cluster: Cluster
  readonly probes: readonly VerdictProbe[]
}

export type ProbeEnd =
  { readonly kind: 'pod'; readonly pod: Pod } | { readonly kind: 'address'; readonly address: Ipv4 }

export interface VerdictProbe {
  readonly src: ProbeEnd
  readonly dst: ProbeEnd
  readonly protocol: Protocol
  readonly port: number
  /** `x/a → y/b TCP 80` */
  readonly text: string
  readonly kubernetes: boolean
  readonly kernel: Readonly<Partial<Record<ProfileId, boolean>>>
}

interface RawCase {
  readonly resources: readonly unknown[]
  readonly stored?: readonly unknown[]
  readonly probes: readonly {
    readonly src: string
    readonly dst: string
    readonly protocol: Protocol
    readonly port: number
  }[]
  readonly kubernetes: string
  readonly kernel: Readonly<Partial<Record<ProfileId, string>>>
}

/** All cases of `verdicts.json`. */
export function readVerdictCases(): readonly VerdictCase[] {
  const file = join(import.meta.dirname, 'vectors', 'npm-v2', 'verdicts.json')
  const raw = JSON.parse(readFileSync(file, 'utf8')) as readonly RawCase[]
  return raw.map((one, number) => {
    const cluster = rawCluster(one.stored ?? one.resources)
    return { name: `verdicts.json[${number}]`, cluster, probes: readProbes(one, cluster) }
  })
}

function readProbes(raw: RawCase, cluster: Cluster): readonly VerdictProbe[] {
  const pods = new Map(cluster.pods.map(pod => [podKey(pod), pod]))
  const end = (text: string): ProbeEnd =>
    text.includes('/')
      ? { kind: 'pod', pod: required(pods.get(text), text) }
      : { kind: 'address', address: required(parseIpv4(text), text) }
  return raw.probes.map(({ src, dst, protocol, port }, i) => ({
    src: end(src),
    dst: end(dst),
    protocol,
    port,
    text: `${src} → ${dst} ${protocol} ${port}`,
    kubernetes: raw.kubernetes[i] === 'A',
    kernel: Object.fromEntries(
      Object.entries(raw.kernel).map(([profile, letters]) => [profile, letters[i] === 'A']),
    ),
  }))
}
