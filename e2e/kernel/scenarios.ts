import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { cli } from '../../src/cli/cli.ts'
import { required } from '../../src/model/assert.ts'
import type { Cluster } from '../../src/model/cluster.ts'
import { parseIpv4, type Ipv4 } from '../../src/model/ip.ts'
import type { Ruleset } from '../../src/model/ruleset.ts'
import type { ProfileId } from '../../src/model/scenario.ts'
import { analyze } from '../../src/analysis/analyze.ts'
import type { RestoreTexts } from './steady.ts'

const src = join(import.meta.dirname, '../../src')
const dumps = join(src, 'testing/vectors/npm-v2/dumps')
const examples = join(src, 'ui/examples')

/** Manifests with what is to be probed among them. */
export interface ManifestScenario {
  readonly name: string
  readonly profile: ProfileId
  /** File name → text. */
  readonly files: ReadonlyMap<string, string>
  /** Addresses outside the cluster. */
  readonly outside: readonly Ipv4[]
  readonly ports: readonly number[]
}

interface RecordedProbes {
  readonly profile: ProfileId
  readonly probes: readonly { readonly src: string; readonly dst: string; readonly port: number }[]
}

/** The manifests of the eight recorded nodes, and the example that the app opens with, once for each profile. */
export function manifestScenarios(): readonly ManifestScenario[] {
  return [...readdirSync(dumps).sort().map(dumpScenario), ...exampleScenarios()]
}

function dumpScenario(name: string): ManifestScenario {
  const read = (file: string) => readFileSync(join(dumps, name, file), 'utf8')
  const { profile, probes } = JSON.parse(read('probes.json')) as RecordedProbes
  const ends = new Set(probes.flatMap(({ src, dst }) => [src, dst]))
  return {
    name,
    profile,
    files: new Map([['manifests.json', asJson(read('manifests.yaml'))]]),
    outside: [...ends].flatMap(end => parseIpv4(end) ?? []),
    ports: [...new Set(probes.map(({ port }) => port))],
  }
}

/** The recorded manifests are YAML 1.2, in which a bare `y` is text; kubectl takes it for a boolean. */
function asJson(text: string): string {
  return parseAllDocuments(text)
    .map(document => `${JSON.stringify(document.toJS())}\n`)
    .join('---\n')
}

function exampleScenarios(): readonly ManifestScenario[] {
  const names = readdirSync(examples).filter(name => /^instance-metadata.*\.yaml$/.test(name))
  const files = new Map(names.map(name => [name, readFileSync(join(examples, name), 'utf8')]))
  return (['v1.4.45', 'v1.8.11', 'head'] as const).map(profile => ({
    name: `the landing example as ${profile}`,
    profile,
    files,
    outside: ['169.254.169.254', '169.254.169.253', '8.8.8.8'].flatMap(address => parseIpv4(address) ?? []),
    ports: [53, 80, 443],
  }))
}

export interface TranslatedScenario {
  readonly cluster: Cluster
  readonly ruleset: Ruleset
  /** As `netpol-flow translate` writes them. */
  readonly texts: RestoreTexts
}

/** The objects as given, without pods that are made for selectors. */
export async function translate({ profile, files }: ManifestScenario): Promise<TranslatedScenario> {
  const only = (tool: string) =>
    runCli(['translate', '--profile', profile, '--only', tool, ...files.keys()], files)
  const scenario = { name: '', profile, files: Array.from(files, ([name, text]) => ({ name, text })) }
  const { given, cluster } = analyze(scenario)
  return {
    cluster: { ...cluster, pods: cluster.pods.filter(({ assumed }) => assumed !== true) },
    ruleset: given(),
    texts: { ipset: await only('ipset'), iptables: await only('iptables') },
  }
}

async function runCli(argv: readonly string[], files: ReadonlyMap<string, string>): Promise<string> {
  let output = ''
  let errors = ''
  const code = await cli(argv, {
    version: '0',
    stdin: noInput(),
    stdout: text => {
      output += text
      return Promise.resolve()
    },
    stderr: text => {
      errors += text
      return Promise.resolve()
    },
    readFile: path => Promise.resolve(required(files.get(path), path)),
    listFiles: () => Promise.resolve(undefined),
    readRevision: () => Promise.resolve([]),
  })
  if (code !== 0) throw new Error(`netpol-flow ${argv.join(' ')}: exit code ${code}: ${errors}`)
  return output
}

async function* noInput(): AsyncIterable<string> {}
