import type { GraphLayout, GraphModel, Route } from '../model/picture.ts'

/** The picture for other programs: what is drawn, where it stands in pixels, and the lines as SVG path data. */
export function graphJson(
  { groups, nodes, edges, counts, omitted, unreached }: GraphModel,
  layout: GraphLayout,
  routes: ReadonlyMap<string, Route>,
): string {
  const place = (id: string): unknown => layout.get(id) ?? null
  const lines = (parts: readonly unknown[]): string => parts.map(part => `\n${JSON.stringify(part)}`).join()
  return [
    `{"counts":${JSON.stringify(counts)},"omitted":${JSON.stringify(omitted)},`,
    `"unreached":${JSON.stringify(unreached ?? { count: 0, first: [], traffic: '' })},`,
    `"groups":[${lines(
      groups.map(({ id, kind, namespace, labels, pods, assumed, reason = '' }) => {
        return { id, kind, namespace, labels, pods, assumed, reason, place: place(id) }
      }),
    )}\n],"nodes":[${lines(
      nodes.map(({ id, kind, parent = null, title, detail, endpoints, namespaces, ...node }) => {
        const { assumed, hostNetwork, isolated, policies, exceptOf, namedBy, status = null } = node
        return {
          id,
          kind,
          parent,
          title,
          detail,
          count: endpoints.length,
          namespaces,
          ...{ assumed, hostNetwork, isolated, policies, exceptOf, namedBy, status },
          place: place(id),
        }
      }),
    )}\n],"edges":[${lines(
      edges.map(({ id, source, target, verdict, deviates, back, label, note, reason, change, name }) => {
        const path = routes.get(id)?.path ?? null
        return { id, source, target, verdict, deviates, back, label, note, reason, change, name, path }
      }),
    )}\n]}\n`,
  ].join('')
}
