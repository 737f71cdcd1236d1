import type { Cluster } from '../../model/cluster.ts'
import type { Diagnostic } from '../../model/diagnostic.ts'
import type { ScenarioFile } from '../../model/scenario.ts'
import { parseManifests } from '../../parse/manifests.ts'
import { withAssumedNamespaces } from './assumedPods.ts'

/** The objects of the files with their namespaces: no pod and no address is made up. */
export function givenCluster(files: readonly ScenarioFile[]): {
  readonly cluster: Cluster
  readonly diagnostics: readonly Diagnostic[]
} {
  const { cluster, diagnostics } = parseManifests(files)
  return { cluster: withAssumedNamespaces(cluster), diagnostics }
}
