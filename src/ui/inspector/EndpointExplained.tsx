import { labelKeys, labelValue } from '../../model/labels.ts'
import { policyKey } from '../../model/networkPolicy.ts'
import type { Analysis } from '../../model/protocol.ts'
import { appStore } from '../../store/appStore.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { linkedTo, policiesSelecting } from '../../store/linked.ts'
import type { PacketField } from '../../store/packet.ts'
import { endpointAbout, endpointName } from './endpointName.ts'
import { SetList } from './SetList.tsx'
import { SelectionLink, YamlLink } from './Links.tsx'
import styles from './Explain.module.css'

interface Props {
  readonly analysis: Analysis
  readonly names: ReadonlyMap<string, KernelName>
  readonly id: string
}

/** Opens the packet's pane with this end, and waits for the other. */
function followPacketOf(text: string, field: PacketField): void {
  const { askPacket, pickPacketEnd, setView } = appStore.getState()
  const other = field === 'from' ? 'to' : 'from'
  askPacket({ [field]: text, [other]: '' })
  setView({ inspectorTab: 'packet' })
  pickPacketEnd(other)
}

export function EndpointExplained({ analysis, names, id }: Props) {
  const endpoint = analysis.endpoints.find(e => e.id === id)
  if (endpoint === undefined) return <p className={styles.hint}>It is no longer there.</p>
  const sets = [...linkedTo(analysis, { kind: 'endpoint', id }).sets]
  const policies =
    endpoint.kind === 'pod'
      ? policiesSelecting(analysis, endpoint).map(policyKey)
      : endpoint.kind === 'cidr'
        ? [...new Set([...endpoint.namedBy, ...endpoint.exceptOf])]
        : []
  return (
    <>
      <header className={styles.title}>
        <span>{endpoint.kind === 'pod' ? 'Pod' : endpoint.kind === 'cidr' ? 'CIDR block' : 'Addresses'}</span>
        <h3>{endpointName(endpoint)}</h3>
        <p>{endpointAbout(endpoint)}</p>
        {endpoint.kind === 'pod' && (
          <p>
            <YamlLink
              origin={{
                resource: endpoint.workload ?? `Pod/${endpoint.namespace}/${endpoint.name}`,
                path: '',
              }}
            >
              {endpoint.assumed
                ? 'made for a selector; not in your YAML'
                : (endpoint.workload ?? `Pod/${endpoint.namespace}/${endpoint.name}`)}
            </YamlLink>
          </p>
        )}
      </header>
      <div className={styles.ways}>
        {(['from', 'to'] as const).map(field => (
          <button
            key={field}
            type="button"
            className={styles.reverse}
            onClick={() => followPacketOf(endpointName(endpoint), field)}
          >
            Follow a packet {field} it
          </button>
        ))}
      </div>
      {endpoint.kind === 'pod' && (
        <section className={styles.section}>
          <h3>Labels</h3>
          <ul className={styles.labels}>
            {labelKeys(endpoint.labels).map(key => (
              <li key={key}>
                <code>
                  {key}={labelValue(endpoint.labels, key)}
                </code>
              </li>
            ))}
            {labelKeys(endpoint.labels).length === 0 && <li>none</li>}
          </ul>
        </section>
      )}
      {endpoint.kind === 'pod' && (
        <section className={styles.section}>
          <h3>Isolated</h3>
          <p>
            Ingress{' '}
            {endpoint.isolated.ingress
              ? 'yes: only what a policy allows comes in'
              : 'no: everything comes in'}
          </p>
          <p>
            Egress{' '}
            {endpoint.isolated.egress ? 'yes: only what a policy allows goes out' : 'no: everything goes out'}
          </p>
        </section>
      )}
      <section className={styles.section}>
        <h3>{endpoint.kind === 'pod' ? 'Selected by' : 'Named by'}</h3>
        {policies.length === 0 ? (
          <p>No policy.</p>
        ) : (
          <ul className={styles.list}>
            {policies.map(key => (
              <li key={key}>
                <SelectionLink target={{ kind: 'policy', key }}>{key}</SelectionLink>
              </li>
            ))}
          </ul>
        )}
      </section>
      {sets.length > 0 && (
        <section className={styles.section}>
          <h3>{endpoint.kind === 'pod' ? 'In the ipsets' : 'ipsets of these blocks'}</h3>
          <SetList names={names} sets={sets} />
        </section>
      )}
    </>
  )
}
