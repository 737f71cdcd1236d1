import type { ResourceKey } from '../model/origin.ts'

/** What all panes point at. Hovering holds one of these too, in its own store. */
export type Selection =
  /** `id` of an `Endpoint` of the connectivity. */
  | { readonly kind: 'endpoint'; readonly id: string }
  /** Endpoint ids. */
  | { readonly kind: 'flow'; readonly src: string; readonly dst: string }
  /** `ns/name` */
  | { readonly kind: 'policy'; readonly key: string }
  | { readonly kind: 'namespace'; readonly name: string }
  /** The kernel's names. */
  | { readonly kind: 'chain'; readonly name: string }
  | { readonly kind: 'rule'; readonly chain: string; readonly number: number }
  | { readonly kind: 'set'; readonly name: string }
  /** A field of a resource in the text. */
  | { readonly kind: 'origin'; readonly resource: ResourceKey; readonly path: string }

/** A text that is equal for equal selections and no others. */
export function selectionKey(selection: Selection): string {
  switch (selection.kind) {
    case 'endpoint':
      return `endpoint ${selection.id}`
    case 'flow':
      return `flow ${selection.src} ${selection.dst}`
    case 'policy':
      return `policy ${selection.key}`
    case 'namespace':
      return `namespace ${selection.name}`
    case 'chain':
      return `chain ${selection.name}`
    case 'rule':
      return `rule ${selection.chain} ${selection.number}`
    case 'set':
      return `set ${selection.name}`
    case 'origin':
      return `origin ${selection.resource} ${selection.path}`
  }
}

export function sameSelection(a: Selection | undefined, b: Selection | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a === b || selectionKey(a) === selectionKey(b)
}
