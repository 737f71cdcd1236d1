import { Handle, Position, type Node, type NodeProps } from '@xyflow/react'
import { Boxes, Box, Cloud, Globe, Network } from 'lucide-react'
import { memo } from 'react'
import { isLong, linesBelow } from '../../graph/boxes.ts'
import { formatNumber, plural } from '../../graph/formatNumber.ts'
import { LOOK_MARKS } from '../../graph/looks.ts'
import type { GraphGroup, GraphNode } from '../../model/picture.ts'
import { labelKeys, METADATA_NAME_LABEL } from '../../model/labels.ts'
import { openNamespace, unfold } from './flowModes.ts'
import styles from './nodes.module.css'

export interface LeafData extends Record<string, unknown> {
  readonly node: GraphNode
  /** Holds smaller blocks. */
  readonly container: boolean
}

export interface GroupData extends Record<string, unknown> {
  readonly group: GraphGroup
}

export type LeafType = Node<LeafData, 'leaf'>
export type GroupType = Node<GroupData, 'group'>

/** Edges bring their own ends; React Flow only wants to know that there are some. */
function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} className={styles.end} />
      <Handle type="source" position={Position.Right} isConnectable={false} className={styles.end} />
    </>
  )
}

/** Pods, a closed namespace, a CIDR block or the outside. */
export const LeafNode = memo(function LeafNode({ data }: NodeProps<LeafType>) {
  const { node, container } = data
  const Icon = ICONS[node.kind]
  const hole = node.kind === 'cidr' && node.exceptOf.length > 0
  return (
    <div
      className={styles.leaf}
      data-kind={node.kind}
      data-assumed={node.assumed || undefined}
      data-stack={node.canUnfold || undefined}
      data-hole={hole || undefined}
      data-container={container || undefined}
      data-long={isLong(node) || undefined}
      data-status={node.status !== undefined || undefined}
    >
      <Ends />
      <div className={styles.head}>
        <span className={styles.kindIcon}>
          {node.canUnfold && node.kind === 'pods' ? (
            <Boxes size={15} aria-hidden />
          ) : (
            <Icon size={15} aria-hidden />
          )}
        </span>
        <span className={styles.text}>
          <span className={styles.title}>
            {node.title}
            {node.canUnfold && node.kind === 'pods' && <b> ×{formatNumber(node.endpoints.length)}</b>}
          </span>
          {linesBelow(node).map(({ text, status }) => (
            <span
              key={text}
              className={status ? styles.status : styles.detail}
              data-look={status ? node.status?.look : undefined}
            >
              {text}
            </span>
          ))}
        </span>
        <Isolation node={node} />
        {node.canUnfold && (
          <button
            type="button"
            className={`${styles.fold} nodrag`}
            title={UNFOLD_TITLES[node.kind]}
            aria-label={
              node.kind === 'namespace' || node.kind === 'namespaces' || node.kind === 'more'
                ? `Open ${node.title}`
                : `Show ${node.title} ${node.kind === 'cidr' ? 'block by block' : 'pod by pod'}`
            }
            onClick={event => {
              event.stopPropagation()
              if (node.kind === 'namespace') openNamespace(node.title)
              else if (node.kind === 'namespaces' || node.kind === 'more') openNamespace(node.id)
              else unfold(node.id, true)
            }}
          >
            +
          </button>
        )}
        {node.fold !== undefined && (
          <button
            type="button"
            className={`${styles.fold} nodrag`}
            title={node.kind === 'cidr' ? 'Fold these blocks' : 'Fold alike pods'}
            aria-label={`Fold ${node.kind === 'cidr' ? 'blocks beside' : 'pods like'} ${node.title}`}
            onClick={event => {
              event.stopPropagation()
              unfold(node.fold ?? '', false)
            }}
          >
            −
          </button>
        )}
      </div>
    </div>
  )
})

/** Which directions a policy restricts. */
function Isolation({ node }: { readonly node: GraphNode }) {
  return (
    <span className={styles.chips}>
      {(['ingress', 'egress'] as const).map(direction =>
        node.isolated[direction] ? (
          <span key={direction} className={styles.chip}>
            {direction === 'ingress' ? 'in' : 'out'}
          </span>
        ) : null,
      )}
    </span>
  )
}

const UNFOLD_TITLES = {
  pods: 'Show pod by pod',
  namespace: 'Open the namespace',
  cidr: 'Show block by block',
  outside: undefined,
  namespaces: 'Open these namespaces',
  more: 'Show more',
  pending: undefined,
} as const
const ICONS = {
  pods: Box,
  namespace: Boxes,
  namespaces: Boxes,
  cidr: Network,
  outside: Globe,
  more: Boxes,
  pending: Box,
} as const

/** A namespace, around its pods. */
export const GroupNode = memo(function GroupNode({ data }: NodeProps<GroupType>) {
  const { group } = data
  const labels = labelKeys(group.labels).filter(key => key !== METADATA_NAME_LABEL)
  const labelText = labels.map(key => `${key}=${group.labels[key] ?? ''}`).join(', ')
  return (
    <div className={styles.group} data-assumed={group.assumed || undefined}>
      <Ends />
      <div className={styles.groupHead} data-reasoned={group.reason !== undefined || undefined}>
        {group.kind === 'namespace' && <Cloud size={14} aria-hidden />}
        <span className={styles.groupName}>{group.namespace}</span>
        <span className={styles.groupDetail}>
          {plural(group.pods, group.kind === 'lane' ? 'peer' : 'pod')}
          {labelText !== '' && ` · ${labelText}`}
        </span>
      </div>
      {group.reason !== undefined && (
        <p className={`${styles.status} ${styles.groupReason}`} data-look="blocked">
          {LOOK_MARKS.blocked} {group.reason}
        </p>
      )}
    </div>
  )
})
