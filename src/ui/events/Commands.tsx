import { useMemo, useState } from 'react'
import type { Origin } from '../../model/origin.ts'
import type { AgentCommand } from '../../model/protocol.ts'
import { appStore } from '../../store/appStore.ts'
import { hoverStore } from '../../store/hoverStore.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { isWithin, type Linked } from '../../store/linked.ts'
import { sameSelection, type Selection } from '../../store/selection.ts'
import { KernelText } from '../inspector/KernelText.tsx'
import { useAppStore } from '../useApp.ts'
import { useHoverLinked, useLinked } from '../useLinked.ts'
import { VirtualRows } from '../widgets/VirtualRows.tsx'
import { commandRows, type CommandRow } from './commandRows.ts'
import styles from './Commands.module.css'

/** What each tool is called for. */
const ABOUT: Readonly<Record<AgentCommand['tool'], string>> = {
  ipset: 'makes, fills and empties sets: the lists of addresses that rules look up',
  iptables: 'changes one rule of one chain',
  'iptables-restore': 'rewrites the chains it names, all at once; other chains stay',
}

function comesFrom(origin: Origin | undefined, { origins }: Linked): boolean {
  return (
    origin !== undefined &&
    origins.some(({ resource, path }) => resource === origin.resource && isWithin(origin.path, path))
  )
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
  const linked = useLinked()
  const hovered = useHoverLinked()
  // Many lines come from one field: the field is selected in all panes, the line only here.
  const [active, setActive] = useState<number | undefined>()
  const wrap = useAppStore(state => state.view.wrapLines)
  const rows = useMemo(() => commandRows(commands), [commands])
  const longest = useMemo(() => rows.reduce((most, { text }) => Math.max(most, text.length), 0), [rows])
  const isActive = (row: number): boolean => {
    const found = rows[row]
    return found !== undefined && row === active && sameSelection(targetOf(found), selection)
  }
  return (
    <VirtualRows
      label="Commands"
      count={rows.length}
      rowHeight={20}
      {...(wrap ? { measured: true } : { width: `calc(${longest + 40}ch + 24px)` })}
      key={`${wrap}`}
      isSelectable={row => rows[row] !== undefined}
      isBlank={row => rows[row]?.text.trim() === ''}
      isSelected={isActive}
      onSelect={row => {
        const found = rows[row]
        const leaves = found === undefined || isActive(row)
        setActive(leaves ? undefined : row)
        appStore.getState().select(leaves ? undefined : targetOf(found))
      }}
      onHover={row => {
        const found = row === undefined ? undefined : rows[row]
        hoverStore.getState().hover(found === undefined ? undefined : targetOf(found))
      }}
      rowClass={row =>
        [
          rows[row]?.kind === 'command' ? styles.command : styles.line,
          rows[row]?.kind === 'command' && rows[row].tool !== 'iptables' ? styles.restore : undefined,
          wrap ? styles.wrapped : undefined,
          comesFrom(rows[row]?.origin, linked)
            ? styles.linked
            : comesFrom(rows[row]?.origin, hovered)
              ? styles.hovered
              : undefined,
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
