import type { Deviation } from '../model/deviation.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import { originRange, type Origin, type ResourceKey, type ResourceSource } from '../model/origin.ts'
import type { PolicyFailure } from '../model/protocol.ts'

/**
 * What the engines found, as diagnostics beside those of the input: policies that azure-npm does not enforce, and
 * the places where it does less or more than Kubernetes promises.
 */
export function findings(
  failures: readonly PolicyFailure[],
  deviations: readonly Deviation[],
  sources: Readonly<Record<ResourceKey, ResourceSource>>,
): readonly Diagnostic[] {
  return [
    ...failures.map(({ policy, class: failureClass, message, origin }) => ({
      code: 'policy-not-enforced',
      severity: 'warning' as const,
      args: { class: failureClass, reason: message },
      message: `azure-npm does not enforce this policy (class ${failureClass}): ${message}`,
      resource: policy,
      path: origin.path,
      ...placeOf(origin, sources),
    })),
    ...deviations.map(({ id, name, message, policy, origin }) => ({
      code: 'deviation',
      severity: 'warning' as const,
      args: { id, name },
      message: `${id} ${name}: ${message}`,
      resource: policy,
      path: origin.path,
      ...placeOf(origin, sources),
    })),
  ]
}

function placeOf(
  { resource, path }: Origin,
  sources: Readonly<Record<ResourceKey, ResourceSource>>,
): Pick<Diagnostic, 'file' | 'range'> {
  const source = Object.hasOwn(sources, resource) ? sources[resource] : undefined
  return source === undefined
    ? { file: '', range: { start: 0, end: 0 } }
    : { file: source.file, range: originRange(source, path) }
}
