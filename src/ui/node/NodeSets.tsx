import { useMemo, useState } from 'react'
import type { NodeReport, NodeSet } from '../../model/nodeReport.ts'
import { plural } from '../../graph/formatNumber.ts'
import { appStore } from '../../store/appStore.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { VirtualRows } from '../widgets/VirtualRows.tsx'
import { PlaceLink } from './PlaceLink.tsx'
import { holdsWords, SearchField } from './SearchField.tsx'
import inspector from '../inspector/Inspector.module.css'
import styles from './NodeTab.module.css'

interface Props {
  readonly report: NodeReport
  readonly names: ReadonlyMap<string, KernelName>
}

const ROW_HEIGHT = 44

/** The node's sets with what they mean. */
export function NodeSets({ report, names }: Props) {
  const { sets } = report
  const [wanted, setWanted] = useState('')
  const [chosenName, setChosenName] = useState<string | undefined>()
  const shown = useMemo(
    () =>
      wanted.trim() === ''
        ? sets
        : sets.filter(({ name, type, meanings }) =>
            holdsWords([name, type, ...meanings, names.get(name)?.sentence ?? ''].join(' '), wanted.trim()),
          ),
    [sets, wanted, names],
  )
  const chosen = shown.find(({ name }) => name === chosenName)
  if (sets.length === 0)
    return (
      <p className={inspector.empty}>
        No set is in the dumps. Add the output of ipset save or ipset list: without the members nobody can
        tell which pods a rule is about.
      </p>
    )
  return (
    <>
      <SearchField
        label="Search sets"
        value={wanted}
        shown={shown.length}
        all={sets.length}
        onChange={setWanted}
      />
      <VirtualRows
        label="Sets of the node"
        count={shown.length}
        rowHeight={ROW_HEIGHT}
        isSelectable={() => true}
        isSelected={i => chosen !== undefined && shown[i] === chosen}
        onSelect={i => {
          const name = shown[i]?.name
          setChosenName(name)
          // The same set among the expected ones lights up with its YAML.
          appStore
            .getState()
            .select(name === undefined || !names.has(name) ? undefined : { kind: 'set', name })
        }}
        scrollTo={chosen === undefined ? undefined : shown.indexOf(chosen)}
        row={i => {
          const set = shown[i]
          return set === undefined ? null : <Row set={set} />
        }}
      />
      {chosen !== undefined && (
        <section className={styles.details} aria-label={`Set ${chosen.name}`}>
          <p>
            <code>{chosen.name}</code>{' '}
            {names.get(chosen.name)?.sentence ??
              (chosen.meanings.length > 0
                ? chosen.meanings.join(' + ')
                : 'Nobody knows what it means: nothing in the scenario has this name.')}
          </p>
          <p className={styles.advice}>
            {chosen.type}, {plural(chosen.entries, 'entry', 'entries')}
            {chosen.place !== undefined && (
              <>
                , <PlaceLink place={chosen.place} />
              </>
            )}
          </p>
        </section>
      )}
    </>
  )
}

function Row({ set }: { readonly set: NodeSet }) {
  const { name, type, meanings, entries } = set
  return (
    <div className={styles.thing}>
      <p>
        <strong>{meanings.length === 0 ? name : meanings.join(' + ')}</strong>
        <code>
          {meanings.length === 0 ? 'meaning unknown' : name} · {type}
        </code>
      </p>
      <span>{entries.toLocaleString('en')}</span>
    </div>
  )
}
