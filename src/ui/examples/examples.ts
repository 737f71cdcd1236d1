import type { ProfileId, Scenario } from '../../model/scenario.ts'
import andOr from './and-or.yaml?raw'
import defaultDenyDns from './default-deny-dns.yaml?raw'
import emptyRuleLost from './empty-rule-lost.yaml?raw'
import metadataCluster from './instance-metadata-cluster.yaml?raw'
import metadataPolicies from './instance-metadata-policies.yaml?raw'
import ipBlockExcept from './ip-block-except.yaml?raw'
import multiValueNotIn from './multi-value-not-in.yaml?raw'
import namedPorts from './named-ports.yaml?raw'
import policyOnly from './policy-only.yaml?raw'
import threeTier from './three-tier.yaml?raw'

export interface Example {
  readonly id: string
  /** What it teaches, in one sentence. */
  readonly about: string
  readonly scenario: Scenario
}

function example(id: string, name: string, profile: ProfileId, about: string, text: string): Example {
  return { id, about, scenario: { name, profile, files: [{ name: `${id}.yaml`, text }] } }
}

/** An AKS node as its administrator knows it: the page opens with this. */
export const LANDING_EXAMPLE: Example = {
  id: 'instance-metadata',
  about:
    'Closes 169.254.169.254 for every pod in default, on a node that runs AKS’s own konnectivity policy.',
  scenario: {
    name: 'AKS: restrict instance metadata',
    profile: 'v1.4.45',
    files: [
      { name: 'policies.yaml', text: metadataPolicies },
      { name: 'cluster.yaml', text: metadataCluster },
    ],
  },
}

export const EXAMPLES: readonly Example[] = [
  LANDING_EXAMPLE,
  example(
    'three-tier',
    'Three-tier shop',
    'head',
    'Frontend, API and database: each tier may be called only by the one before it.',
    threeTier,
  ),
  example(
    'default-deny-dns',
    'Default deny with DNS',
    'head',
    'Everything closed in both directions, with name resolution let through.',
    defaultDenyDns,
  ),
  example(
    'and-or',
    'AND or OR: one dash',
    'head',
    'A namespaceSelector and a podSelector in one peer mean AND; in two peers they mean OR.',
    andOr,
  ),
  example(
    'ip-block-except',
    'IP block with an exception',
    'head',
    'An ipBlock with except becomes one ipset with a nomatch entry.',
    ipBlockExcept,
  ),
  example(
    'named-ports',
    'Named ports',
    'head',
    'One port name, another number on each pod: a hash:ip,port set holds the pairs.',
    namedPorts,
  ),
  example(
    'policy-only',
    'Policy without a cluster',
    'head',
    'Only a policy is given; the pods that its selectors speak of are assumed.',
    policyOnly,
  ),
  example(
    'multi-value-not-in',
    'NotIn with two values lets everyone in',
    'head',
    'A namespaceSelector with NotIn [a, b] excludes both in Kubernetes and nobody in azure-npm.',
    multiValueNotIn,
  ),
  example(
    'empty-rule-lost',
    'An empty rule gets lost',
    'v1.4.45',
    'azure-npm v1.4.45 loses an allow-all rule that stands beside others.',
    emptyRuleLost,
  ),
]
