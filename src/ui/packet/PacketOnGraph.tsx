import { Panel, ViewportPortal } from '@xyflow/react'
import { useMemo, type CSSProperties } from 'react'
import type { PacketTrace } from '../../model/packetTrace.ts'
import { appStore } from '../../store/appStore.ts'
import type { PacketField } from '../../store/packet.ts'
import { packetRoute, pointAt, type DrawnPicture } from './packetRoute.ts'
import styles from './PacketOnGraph.module.css'

interface Props extends DrawnPicture {
  readonly trace: PacketTrace | undefined
  readonly picking: PacketField | undefined
}

/** Where the mark of a packet that is stopped stands, by the end that stops it. */
const STOPS = { egress: 0.1, ingress: 0.9, nowhere: 0.5 }

export function PacketOnGraph({ trace, picking, ...picture }: Props) {
  return (
    <>
      {trace !== undefined && <PacketWay {...picture} trace={trace} />}
      {picking !== undefined && (
        <Panel position="top-center" className={styles.hint ?? ''}>
          Click the packet’s {picking === 'from' ? 'source' : 'destination'}
          <button type="button" onClick={() => appStore.getState().pickPacketEnd(undefined)}>
            Cancel
          </button>
        </Panel>
      )}
    </>
  )
}

/** A dot that goes from the source to where the packet ends, and a mark there. Without motion only the mark. */
function PacketWay({
  trace,
  model,
  rects,
  routes,
  endpoints,
}: DrawnPicture & { readonly trace: PacketTrace }) {
  const { packet, dataplane } = trace
  const src = packet.src.endpoint
  const dst = packet.dst.endpoint
  const route = useMemo(
    () =>
      src === undefined || dst === undefined
        ? undefined
        : packetRoute({ model, rects, routes, endpoints }, src, dst),
    [model, rects, routes, endpoints, src, dst],
  )
  if (route === undefined) return null
  const { answer, stoppedBy } = dataplane
  const share = answer === 'allowed' ? 1 : STOPS[answer === 'blocked' ? (stoppedBy ?? 'nowhere') : 'nowhere']
  const start = route.points[0]
  const end = pointAt(route.points, share)
  if (start === undefined || end === undefined) return null
  const going = {
    offsetPath: `path("${route.path}")`,
    '--end': `${share * 100}%`,
  } as CSSProperties
  return (
    <ViewportPortal>
      {/* The way lies below the labels, the packet above them. */}
      <svg className={`${styles.layer} ${styles.below}`} data-answer={answer} aria-hidden>
        <path className={styles.casing} d={route.path} />
        <path className={styles.way} d={route.path} />
      </svg>
      <svg className={styles.layer} data-answer={answer} data-packet={packet.label} aria-hidden>
        <circle className={styles.start} cx={start.x} cy={start.y} r="4" />
        {/* Another packet, or another answer, sets out anew. */}
        <circle
          key={`${route.path} ${packet.label} ${answer}`}
          className={styles.dot}
          r="5.5"
          style={going}
        />
        <g transform={`translate(${end.x} ${end.y})`} className={styles.end}>
          <circle r="9" />
          {answer === 'allowed' ? (
            <path d="M-4,0.4 L-1.2,3.4 L4.2,-3.2" />
          ) : answer === 'blocked' ? (
            <path d="M-3.4,-3.4 L3.4,3.4 M-3.4,3.4 L3.4,-3.4" />
          ) : (
            <text y="4">?</text>
          )}
        </g>
      </svg>
    </ViewportPortal>
  )
}
