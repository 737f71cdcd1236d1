import { ArrowRight, Check, Equal, Split, X } from 'lucide-react'
import { useMemo } from 'react'
import type { Endpoint, FlowEnd, FlowExplanation } from '../../model/connectivity.ts'
import type { Analysis } from '../../model/protocol.ts'
import {
  formatTraffic,
  intersectTraffic,
  PORT_TRAFFIC,
  sameTraffic,
  type TrafficSet,
} from '../../model/traffic.ts'
import { appStore } from '../../store/appStore.ts'
import { EMPTY_PACKET } from '../../store/packet.ts'
import { pastMoment } from '../../store/timeline.ts'
import { trafficSuggestions } from '../packet/fieldSuggestions.ts'
import { ExplainedPacket } from '../packet/ExplainedPacket.tsx'
import { samplePackets } from '../packet/samplePackets.ts'
import { useAppStore } from '../useApp.ts'
import { endpointAbout, endpointName } from './endpointName.ts'
import { SelectionLink, YamlLink } from './Links.tsx'
import styles from './Explain.module.css'

interface Props {
  readonly analysis: Analysis
  readonly src: string
  readonly dst: string
}

type Tone = 'allowed' | 'blocked' | 'partial'

function toneOf(traffic: TrafficSet): Tone {
  const ports = intersectTraffic(traffic, PORT_TRAFFIC)
  return ports.length === 0 ? 'blocked' : sameTraffic(ports, PORT_TRAFFIC) ? 'allowed' : 'partial'
}

const WORDS: Readonly<Record<Tone, string>> = {
  allowed: 'Allowed',
  blocked: 'Blocked',
  partial: 'Partly allowed',
}

export function FlowExplained({ analysis, src, dst }: Props) {
  const explained = useAppStore(state => state.explained)
  const isPast = useAppStore(state => pastMoment(state) !== undefined)
  const source = analysis.endpoints.find(endpoint => endpoint.id === src)
  const destination = analysis.endpoints.find(endpoint => endpoint.id === dst)
  if (source === undefined || destination === undefined)
    return <p className={styles.hint}>One end of this flow is no longer there.</p>
  const explanation = explained?.explanation
  return (
    <>
      <header className={styles.title}>
        <span>Flow</span>
        <h3 className={styles.flow}>
          <EndLink endpoint={source} /> <ArrowRight size={14} aria-label="to" />{' '}
          <EndLink endpoint={destination} />
        </h3>
        <p>
          {endpointAbout(source)} to {endpointAbout(destination)}
        </p>
        {(source.kind === 'pod' || destination.kind === 'pod') && (
          <div className={styles.ways}>
            <button
              type="button"
              className={styles.reverse}
              onClick={() => appStore.getState().select({ kind: 'flow', src: dst, dst: src })}
            >
              The other way round
            </button>
            <button
              type="button"
              className={styles.reverse}
              onClick={() => appStore.getState().followPacket()}
            >
              Follow a packet
            </button>
          </div>
        )}
      </header>
      {explained === undefined ? (
        <p className={styles.hint}>Asking …</p>
      ) : explanation === undefined ? (
        <p className={styles.hint}>
          No policy speaks about this pair: neither end is a pod, or both are one.
        </p>
      ) : (
        <>
          <div className={styles.looks}>
            <Look title="Kubernetes promises" traffic={explanation.kubernetes} />
            <Look title="azure-npm enforces" traffic={explanation.dataplane} />
          </div>
          <Agreement
            analysis={analysis}
            same={sameTraffic(
              intersectTraffic(explanation.kubernetes, PORT_TRAFFIC),
              intersectTraffic(explanation.dataplane, PORT_TRAFFIC),
            )}
            ids={explanation.deviations}
            policies={[...explanation.egress.policies, ...explanation.ingress.policies].map(p => p.policy)}
          />
          <End title={`Leaving ${endpointName(source)}`} endpoint={source} end={explanation.egress} />
          <End
            title={`Entering ${endpointName(destination)}`}
            endpoint={destination}
            end={explanation.ingress}
          />
          {isPast ? (
            <p className={styles.hint}>Single packets are followed through the rules as they are now.</p>
          ) : (
            <Packets
              analysis={analysis}
              explanation={explanation}
              from={endpointName(source)}
              to={endpointName(destination)}
            />
          )}
        </>
      )}
    </>
  )
}

interface PacketsProps {
  readonly analysis: Analysis
  readonly explanation: FlowExplanation
  readonly from: string
  readonly to: string
}

/** The few packets that show all there is to see about the flow. */
function Packets({ analysis, explanation, from, to }: PacketsProps) {
  const samples = useMemo(() => {
    const likely = trafficSuggestions(analysis, to).map(({ value }) => value)
    return samplePackets(explanation, likely)
  }, [analysis, explanation, to])
  return samples.map(traffic => (
    <ExplainedPacket key={traffic} analysis={analysis} question={{ ...EMPTY_PACKET, from, to, traffic }} />
  ))
}

function EndLink({ endpoint }: { readonly endpoint: Endpoint }) {
  return (
    <SelectionLink target={{ kind: 'endpoint', id: endpoint.id }}>{endpointName(endpoint)}</SelectionLink>
  )
}

function Look({ title, traffic }: { readonly title: string; readonly traffic: TrafficSet }) {
  const tone = toneOf(traffic)
  return (
    <div className={styles.look} data-tone={tone}>
      <span>{title}</span>
      <strong>
        {tone === 'blocked' ? <X size={14} aria-hidden /> : <Check size={14} aria-hidden />}
        {WORDS[tone]}
      </strong>
      <span className={styles.ports}>
        {tone === 'allowed' ? 'all ports' : tone === 'blocked' ? 'no port' : formatTraffic(traffic)}
      </span>
    </div>
  )
}

interface AgreementProps {
  readonly analysis: Analysis
  readonly same: boolean
  readonly ids: readonly string[]
  readonly policies: readonly string[]
}

function Agreement({ analysis, same, ids, policies }: AgreementProps) {
  if (same && ids.length === 0)
    return (
      <p className={styles.agree}>
        <Equal size={13} aria-hidden /> The node does what Kubernetes promises.
      </p>
    )
  const causes = analysis.deviations.filter(
    deviation => ids.includes(deviation.id) && policies.includes(deviation.policy),
  )
  const failures = analysis.failures.filter(failure => policies.includes(failure.policy))
  return (
    <div className={styles.differ}>
      <strong>
        <Split size={14} aria-hidden /> The node does not do what Kubernetes promises
      </strong>
      {failures.map(failure => (
        <p key={failure.policy + failure.message}>
          <code>class {failure.class}</code> {failure.message}
        </p>
      ))}
      {causes.map((cause, i) => (
        <p key={i}>
          <code>{cause.id}</code> <b>{cause.name}.</b> {cause.message}{' '}
          <YamlLink origin={cause.origin}>
            {cause.origin.path === '' ? cause.policy : cause.origin.path}
          </YamlLink>
        </p>
      ))}
      {causes.length === 0 && failures.length === 0 && <p>None of the known causes applies.</p>}
    </div>
  )
}

interface EndProps {
  readonly title: string
  readonly endpoint: Endpoint
  readonly end: FlowEnd
}

function End({ title, endpoint, end }: EndProps) {
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      {endpoint.kind !== 'pod' ? (
        <p>Not a pod: no policy applies at this end.</p>
      ) : !end.isolated ? (
        <p>Not isolated for {end.direction}: no policy selects this pod, so everything passes.</p>
      ) : (
        <>
          <p>
            Isolated for {end.direction}. Its policies together allow{' '}
            <b>
              {formatTraffic(end.allowed) === 'none' ? 'nothing of this flow' : formatTraffic(end.allowed)}
            </b>
            .
          </p>
          <ul className={styles.shares}>
            {end.policies.map(share => {
              const allows = formatTraffic(share.allows)
              return (
                <li key={share.policy}>
                  <SelectionLink target={{ kind: 'policy', key: share.policy }}>{share.policy}</SelectionLink>
                  <span className={styles.allows} data-none={allows === 'none'}>
                    {allows === 'none' ? 'allows nothing of it' : `allows ${allows}`}
                  </span>
                  {share.rules.map(rule => (
                    <div key={rule.path} className={styles.ruleOf}>
                      <YamlLink origin={{ resource: `NetworkPolicy/${share.policy}`, path: rule.path }}>
                        {rule.path}
                      </YamlLink>
                      <span className={styles.faint}>{formatTraffic(rule.allows)}</span>
                    </div>
                  ))}
                </li>
              )
            })}
          </ul>
        </>
      )}
    </section>
  )
}
