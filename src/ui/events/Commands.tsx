import { useMemo } from 'react'
import type { AgentCommand } from '../../model/protocol.ts'
import { appStore } from '../../store/appStore.ts'
import { hoverStore } from '../../store/hoverStore.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { sameSelection, type Selection } from '../../store/selection.ts'
import { KernelText } from '../inspector/KernelText.tsx'
import { useAppStore, useHoverStore } from '../useApp.ts'
import { VirtualRows } from '../widgets/VirtualRows.tsx'
import { commandRows, type CommandRow } from './commandRows.ts'
import styles from './Commands.module.css'

/** What each tool is called for. */
const ABOUT: Readonly<Record<AgentCommand['tool'], string>> = {
  ipset: 'makes, fills and empties sets: the lists of addresses that rules look up',
  iptables: 'changes one rule of one chain',
  'iptables-restore': 'rewrites the chains it names, all at once; other chains stay',
}

function targetOf({ origin }: CommandRow): Selection {
  return { kind: 'origin', ...origin }
}

/** The agent's commands, line by line, each linked with the YAML that caused it. */
export function Commands({
  commands,
  names,
}: {
  readonly commands: readonly AgentCommand[]
  readonly names: ReadonlyMap<string, KernelName>
}) {
  const selection = useAppStore(state => state.selection)
  const hovered = useHoverStore(state => state.hovered)
  const wrap = useAppStore(state => state.view.wrapLines)
  const rows = useMemo(() => commandRows(commands), [commands])
  const longest = useMemo(() => rows.reduce((most, { text }) => Math.max(most, text.length), 0), [rows])
  const isTarget = (row: number, of: Selection | undefined): boolean => {
    const found = rows[row]
    return found !== undefined && of?.kind === 'origin' && sameSelection(targetOf(found), of)
  }
  /** Many lines may share a field; a click marks the one clicked by its field, and the arrow keys pass them by. */
  return (
    <VirtualRows
      label="Commands"
      count={rows.length}
      rowHeight={20}
      {...(wrap ? { measured: true } : { width: `calc(${longest + 40}ch + 24px)` })}
      key={`${wrap}`}
      isSelectable={row => rows[row] !== undefined}
      isBlank={row => rows[row]?.text.trim() === ''}
      isSelected={row => isTarget(row, selection)}
      onSelect={row => {
        const found = rows[row]
        const target = found === undefined ? undefined : targetOf(found)
        appStore.getState().select(sameSelection(target, selection) ? undefined : target)
      }}
      onHover={row => {
        const found = row === undefined ? undefined : rows[row]
        hoverStore.getState().hover(found === undefined ? undefined : targetOf(found))
      }}
      rowClass={row =>
        [
          rows[row]?.kind === 'command' ? styles.command : styles.line,
          wrap ? styles.wrapped : undefined,
          isTarget(row, hovered) ? styles.hovered : undefined,
        ]
          .filter(Boolean)
          .join(' ')
      }
      row={row => {
        const found = rows[row]
        if (found === undefined) return null
        return (
          <>
            {found.kind === 'command' && <span className={styles.about}>{ABOUT[found.tool]}</span>}
            <code className={styles.text}>
              <KernelText text={found.text} names={names} />
            </code>
          </>
        )
      }}
    />
  )
}
