import type { Cluster } from '../model/cluster.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import { objectsOf } from './admission.ts'
import { diagnostic } from './collect.ts'
import { readDocuments } from './documents.ts'
import { readRawObject, type RawObject } from './rawObjects.ts'
import { plainValue } from './tree.ts'

/** Raw objects as a cluster, in their order; what is no Namespace, Pod or NetworkPolicy is left out. */
export function rawCluster(objects: readonly unknown[]): Cluster {
  const raw = objects.map(object => readRawObject(object)).filter(object => object !== undefined)
  return {
    namespaces: ofKind(raw, 'Namespace'),
    pods: ofKind(raw, 'Pod'),
    policies: ofKind(raw, 'NetworkPolicy'),
  }
}

function ofKind<K extends RawObject['kind']>(
  objects: readonly RawObject[],
  kind: K,
): readonly Extract<RawObject, { kind: K }>['object'][] {
  return objects
    .filter((object): object is Extract<RawObject, { kind: K }> => object.kind === kind)
    .map(({ object }) => object)
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
