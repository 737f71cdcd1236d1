import { useMemo, useState, type ReactNode } from 'react'
import type { DumpPlace } from '../../model/nodeReport.ts'
import { appStore } from '../../store/appStore.ts'
import type { Selection } from '../../store/selection.ts'
import { VirtualRows } from '../widgets/VirtualRows.tsx'
import { PlaceLink } from './PlaceLink.tsx'
import { holdsWords, SearchField } from './SearchField.tsx'
import details from '../widgets/Details.module.css'
import styles from './NodeTab.module.css'

/** A chain or a set of a node, as its row and its details show it. */
export interface NodeThing {
  /** Other than that of every other thing in the list. */
  readonly key: string
  /** As the kernel calls it. */
  readonly name: string
  /** What it means, or its name where nobody knows. */
  readonly title: string
  /** Below the title. */
  readonly about: string
  /** Rules or entries. */
  readonly count: number
  readonly sentence: string
  /** `table filter, 3 rules` */
  readonly facts: string
  readonly place: DumpPlace | undefined
  /** The same thing in the other panes, where they have it. */
  readonly selection: Selection | undefined
}

interface Props {
  /** `Chains` */
  readonly label: string
  /** `Chain` */
  readonly one: string
  readonly things: readonly NodeThing[]
}

const ROW_HEIGHT = 44

/** Things of a node to search and to choose from, and what there is to say about the chosen one. */
export function NodeThings({ label, one, things }: Props): ReactNode {
  const [wanted, setWanted] = useState('')
  const [chosenKey, setChosenKey] = useState<string | undefined>()
  const shown = useMemo(
    () =>
      wanted.trim() === ''
        ? things
        : things.filter(({ name, title, about, sentence }) =>
            holdsWords([name, title, about, sentence].join(' '), wanted.trim()),
          ),
    [things, wanted],
  )
  const chosen = shown.find(({ key }) => key === chosenKey)
  return (
    <>
      <SearchField
        label={`Search ${label.toLowerCase()}`}
        value={wanted}
        shown={shown.length}
        all={things.length}
        onChange={setWanted}
      />
      <VirtualRows
        label={`${label} of the node`}
        count={shown.length}
        rowHeight={ROW_HEIGHT}
        isSelectable={() => true}
        isSelected={i => chosen !== undefined && shown[i] === chosen}
        onSelect={i => {
          setChosenKey(shown[i]?.key)
          appStore.getState().select(shown[i]?.selection)
        }}
        scrollTo={chosen === undefined ? undefined : shown.indexOf(chosen)}
        row={i => {
          const thing = shown[i]
          return thing === undefined ? null : (
            <div className={styles.thing}>
              <p>
                <strong>{thing.title}</strong>
                <code>{thing.about}</code>
              </p>
              <span>{thing.count.toLocaleString('en')}</span>
            </div>
          )
        }}
      />
      {chosen !== undefined && (
        <section className={details.details} aria-label={`${one} ${chosen.name}`}>
          <p>
            <code className={details.name}>{chosen.name}</code> {chosen.sentence}
          </p>
          <p className={details.advice}>
            {chosen.facts}
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
