import type { Cluster, Namespace, Pod } from '../model/cluster.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { NetworkPolicy } from '../model/networkPolicy.ts'
import { objectsOf } from './admission.ts'
import { diagnostic } from './collect.ts'
import { readDocuments } from './documents.ts'
import { readRawObject } from './rawObjects.ts'
import { plainValue } from './tree.ts'

/** Raw objects as a cluster, in their order; what is no Namespace, Pod or NetworkPolicy is left out. */
export function rawCluster(objects: readonly unknown[]): Cluster {
  const namespaces: Namespace[] = []
  const pods: Pod[] = []
  const policies: NetworkPolicy[] = []
  for (const value of objects) {
    const raw = readRawObject(value)
    if (raw?.kind === 'Namespace') namespaces.push(raw.object)
    else if (raw?.kind === 'Pod') pods.push(raw.object)
    else if (raw?.kind === 'NetworkPolicy') policies.push(raw.object)
  }
  return { namespaces, pods, policies }
}

/** Manifests without defaults and validation: what the text says is what the agent gets. Lists are taken apart. */
export function readRawManifests(text: string): {
  readonly cluster: Cluster
  readonly diagnostics: readonly Diagnostic[]
} {
  const { documents, problems } = readDocuments({ name: '', text })
  return {
    cluster: rawCluster(
      documents.flatMap(({ tree }) =>
        objectsOf(tree).objects.map(({ tree: object, inherited }) => {
          const value = plainValue(object)
          return inherited !== undefined && typeof value === 'object' ? { ...inherited, ...value } : value
        }),
      ),
    ),
    diagnostics: problems.map(({ code, args, range }) => diagnostic(code, args, '', range)),
  }
}
