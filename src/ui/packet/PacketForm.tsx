import { ArrowUpDown, Crosshair } from 'lucide-react'
import { useMemo } from 'react'
import type { CtState } from '../../model/packet.ts'
import type { PacketProblem, WalkedHook } from '../../model/packetTrace.ts'
import type { Analysis } from '../../model/protocol.ts'
import { usualPort } from '../../model/traffic.ts'
import { appStore } from '../../store/appStore.ts'
import type { PacketField } from '../../store/packet.ts'
import { useAppStore } from '../useApp.ts'
import { Segments } from '../widgets/Segments.tsx'
import { capitalised } from './capitalised.ts'
import { Combobox } from './Combobox.tsx'
import { endSuggestions, isWholeEnd, trafficSuggestions } from './fieldSuggestions.ts'
import styles from './PacketForm.module.css'

const STATES: readonly { readonly value: CtState; readonly label: string }[] = [
  { value: 'NEW', label: 'opens a connection (NEW)' },
  { value: 'ESTABLISHED', label: 'reply, or later in it (ESTABLISHED)' },
  { value: 'RELATED', label: 'about one, e.g. an ICMP error (RELATED)' },
  { value: 'INVALID', label: 'fits no connection (INVALID)' },
  { value: 'UNTRACKED', label: 'not tracked (UNTRACKED)' },
]

const HOOKS: readonly { readonly value: WalkedHook; readonly label: string; readonly title: string }[] = [
  { value: 'FORWARD', label: 'FORWARD', title: 'It passes through the node: from or to a pod' },
  { value: 'INPUT', label: 'INPUT', title: 'It is for the node itself' },
  { value: 'OUTPUT', label: 'OUTPUT', title: 'The node itself sends it' },
]

const RULES = [
  { value: 'policies' as const, label: 'the policies’ rules', title: 'What azure-npm should program' },
  { value: 'node' as const, label: 'the imported node’s', title: 'What the dump of the node holds' },
]

const NAMES: Readonly<Record<PacketField, string>> = { from: 'From', to: 'To' }

interface Props {
  readonly analysis: Analysis
  readonly problem: PacketProblem | undefined
  /** Whether the scenario has the dump of a real node. */
  readonly hasNode: boolean
}

/** Who sends what to whom. Every change asks at once. */
export function PacketForm({ analysis, problem, hasNode }: Props) {
  const packet = useAppStore(state => state.packet)
  const picking = useAppStore(state => state.picking)
  const { askPacket, swapPacket, pickPacketEnd } = appStore.getState()
  const ends = useMemo(() => endSuggestions(analysis), [analysis])
  const traffic = useMemo(() => trafficSuggestions(analysis, packet.to), [analysis, packet.to])
  const problemOf = (field: PacketProblem['field']): string | undefined =>
    problem?.field === field ? capitalised(problem.message) : undefined

  return (
    <form className={styles.form} aria-label="Packet" onSubmit={event => event.preventDefault()}>
      <div className={styles.ends}>
        {(['from', 'to'] as const).map(field => (
          <Combobox
            key={field}
            name={field}
            label={NAMES[field]}
            value={packet[field]}
            placeholder={
              picking === field ? 'click it on the graph, or type' : 'namespace/pod, an address, outside'
            }
            suggestions={ends}
            isWhole={text => isWholeEnd(analysis, text)}
            problem={problemOf(field)}
            armed={picking === field}
            onChange={value => askPacket({ [field]: value })}
            trailing={
              <button
                type="button"
                className={styles.icon}
                aria-pressed={picking === field}
                aria-label={`Pick “${NAMES[field]}” on the graph`}
                title="Pick on the graph"
                onClick={() => pickPacketEnd(picking === field ? undefined : field)}
              >
                <Crosshair size={15} aria-hidden />
              </button>
            }
          />
        ))}
        <button
          type="button"
          className={`${styles.icon} ${styles.swap}`}
          aria-label="Swap source and destination"
          title="Swap source and destination"
          onClick={swapPacket}
        >
          <ArrowUpDown size={15} aria-hidden />
        </button>
      </div>
      <Combobox
        name="traffic"
        label="Port"
        value={packet.traffic}
        placeholder="80/TCP, http/TCP, 53/UDP, ICMP"
        suggestions={traffic}
        tidy={text => usualPort(text.trim())}
        problem={problemOf('traffic')}
        onChange={value => askPacket({ traffic: value })}
      />
      {(hasNode || packet.rules === 'node') && (
        <div className={styles.grid}>
          <span>Through</span>
          <Segments
            label="Rules"
            value={packet.rules}
            options={RULES}
            onChange={rules => askPacket(rules === 'node' ? { rules } : { rules, hook: 'FORWARD' })}
          />
          {packet.rules === 'node' && (
            <>
              <span>At</span>
              <Segments
                label="Hook"
                value={packet.hook}
                options={HOOKS}
                onChange={hook => askPacket({ hook })}
              />
            </>
          )}
          {problemOf('rules') !== undefined && <p className={styles.problem}>{problemOf('rules')}</p>}
        </div>
      )}
      <details className={styles.more} open={packet.state !== 'NEW' || undefined}>
        <summary>Connection, source port</summary>
        <div className={styles.grid}>
          <label htmlFor="packet-state">It</label>
          <select
            id="packet-state"
            value={packet.state}
            onChange={event => {
              const state = STATES.find(({ value }) => value === event.target.value)
              if (state !== undefined) askPacket({ state: state.value })
            }}
          >
            {STATES.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
          <label htmlFor="packet-source-port">From port</label>
          <input
            id="packet-source-port"
            type="number"
            min={0}
            max={65535}
            value={packet.srcPort}
            onChange={event => {
              const port = event.target.valueAsNumber
              if (Number.isInteger(port) && port >= 0 && port <= 65535) askPacket({ srcPort: port })
            }}
          />
        </div>
      </details>
    </form>
  )
}
