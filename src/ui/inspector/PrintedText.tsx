import { useMemo } from 'react'
import type { PrintedLine } from '../../model/protocol.ts'
import { hoverStore } from '../../store/hoverStore.ts'
import { appStore } from '../../store/appStore.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { ruleKey, type Linked } from '../../store/linked.ts'
import { sameSelection, type Selection } from '../../store/selection.ts'
import { useAppStore } from '../useApp.ts'
import { KernelText, wordsOf } from './KernelText.tsx'
import { useHoverLinked, useLinked } from '../useLinked.ts'
import { VirtualRows } from '../widgets/VirtualRows.tsx'
import styles from './PrintedText.module.css'

interface Props {
  readonly label: string
  readonly lines: readonly PrintedLine[]
  readonly names: ReadonlyMap<string, KernelName>
}

const ROW_HEIGHT = 20

/** What a click on the line selects: its rule, else its set, else its chain. */
function targetOf(line: PrintedLine): Selection | undefined {
  if (line.chain !== undefined && line.rule !== undefined)
    return { kind: 'rule', chain: line.chain, number: line.rule }
  if (line.set !== undefined) return { kind: 'set', name: line.set }
  if (line.chain !== undefined && line.text !== '') return { kind: 'chain', name: line.chain }
  return undefined
}

function belongs(line: PrintedLine, linked: Linked): boolean {
  if (line.chain !== undefined && line.rule !== undefined)
    return linked.rules.has(ruleKey(line.chain, line.rule))
  if (line.set !== undefined) return linked.sets.has(line.set)
  return line.chain !== undefined && line.text !== '' && linked.chains.has(line.chain)
}

/** Headings stand out, column titles stand back. */
function Line({ text, names }: { readonly text: string; readonly names: ReadonlyMap<string, KernelName> }) {
  const kind = /^(?:Chain|Name:) /.test(text)
    ? styles.heading
    : /^ *pkts +bytes /.test(text)
      ? styles.columns
      : undefined
  return (
    <span className={[styles.line, kind].filter(Boolean).join(' ')}>
      <KernelText text={text} names={names} />
    </span>
  )
}

/** A text of the node's, linked with the other panes line by line. */
export function PrintedText({ label, lines, names }: Props) {
  const selection = useAppStore(state => state.selection)
  const wrap = useAppStore(state => state.view.wrapLines)
  const linked = useLinked()
  const hovered = useHoverLinked()

  const longest = useMemo(() => {
    let most = 0
    for (const line of lines) {
      let width = line.text.length
      for (const word of wordsOf(line.text, names))
        if (word.name?.kind === 'set') width += word.name.readable.length + 3
      if (width > most) most = width
    }
    return most
  }, [lines, names])

  const firstLinked = useMemo(
    () => (selection === undefined ? -1 : lines.findIndex(line => belongs(line, linked))),
    [lines, linked, selection],
  )

  return (
    <VirtualRows
      label={label}
      count={lines.length}
      rowHeight={ROW_HEIGHT}
      {...(wrap ? { measured: true } : { width: `calc(${longest}ch + 24px)` })}
      key={`${wrap}`}
      isSelectable={i => {
        const line = lines[i]
        return line !== undefined && targetOf(line) !== undefined
      }}
      isBlank={i => (lines[i]?.text ?? '').trim() === ''}
      isSelected={i => {
        const line = lines[i]
        const target = line === undefined ? undefined : targetOf(line)
        return target !== undefined && sameSelection(target, selection)
      }}
      onSelect={i => {
        const line = lines[i]
        const target = line === undefined ? undefined : targetOf(line)
        appStore.getState().select(sameSelection(target, selection) ? undefined : target)
      }}
      onHover={i => {
        const line = i === undefined ? undefined : lines[i]
        hoverStore.getState().hover(line === undefined ? undefined : targetOf(line))
      }}
      scrollTo={firstLinked}
      rowClass={i => {
        const line = lines[i]
        if (line === undefined) return undefined
        const classes = [styles.row, wrap ? styles.wrapped : undefined]
        if (belongs(line, linked)) classes.push(styles.linked)
        else if (belongs(line, hovered)) classes.push(styles.hovered)
        return classes.filter(Boolean).join(' ')
      }}
      row={i => <Line text={lines[i]?.text ?? ''} names={names} />}
    />
  )
}
