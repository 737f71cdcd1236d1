import type { Cluster } from '../model/cluster.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import { objectsOf } from './admission.ts'
import { readDocuments, readPiece } from './documents.ts'
import { readRawObject } from './rawObjects.ts'
import { diagnostic } from './readObjects.ts'
import { plainValue } from './tree.ts'

/** Raw objects as a cluster, in their order; what is no Namespace, Pod or NetworkPolicy is left out. */
export function rawCluster(objects: readonly unknown[]): Cluster {
  const raw = objects.map(object => readRawObject(object)).filter(object => object !== undefined)
  return {
    namespaces: raw.flatMap(({ kind, object }) => (kind === 'Namespace' ? [object] : [])),
    pods: raw.flatMap(({ kind, object }) => (kind === 'Pod' ? [object] : [])),
    policies: raw.flatMap(({ kind, object }) => (kind === 'NetworkPolicy' ? [object] : [])),
  }
}

/** Manifests without defaults and validation: what the text says is what the agent gets. Lists are taken apart. */
export function readRawManifests(text: string): {
  readonly cluster: Cluster
  readonly diagnostics: readonly Diagnostic[]
} {
  const { documents, problems } = readDocuments({ name: '', text }, readPiece)
  return {
    cluster: rawCluster(
      documents.flatMap(({ document }) =>
        objectsOf(document).objects.map(({ tree: object, inherited }) => {
          const value = plainValue(object)
          return inherited !== undefined && typeof value === 'object' ? { ...inherited, ...value } : value
        }),
      ),
    ),
    diagnostics: problems.map(({ code, args, range }) => diagnostic(code, args, '', range)),
  }
}
