import { useMemo, useState } from 'react'
import type { GraphView } from '../../model/graphView.ts'
import { appStore } from '../../store/appStore.ts'
import { subjectsFor, subjectText } from '../../store/graphSubject.ts'
import { displayedAnalysis } from '../../store/timeline.ts'
import { Combobox } from '../packet/Combobox.tsx'
import { useAppStore } from '../useApp.ts'
import styles from './SubjectBar.module.css'

const WORDS = {
  focus: { label: 'Focus', placeholder: 'a pod, workload, namespace or block' },
  policy: { label: 'Policy', placeholder: 'namespace/name' },
} as const

/** What the view is about: type or choose another. */
export function SubjectBar({ view, mode }: { readonly view: GraphView; readonly mode: 'focus' | 'policy' }) {
  const analysis = useAppStore(displayedAnalysis)
  const known = useMemo(() => (analysis === undefined ? [] : subjectsFor(mode, analysis)), [analysis, mode])
  const current = view.subject === undefined ? '' : subjectText(view.subject)
  const [typed, setTyped] = useState<string>()
  const [about, setAbout] = useState(current)
  if (about !== current) {
    setAbout(current)
    setTyped(undefined)
  }
  const { label, placeholder } = WORDS[mode]
  const text = typed ?? current
  const found = known.find(one => one.text === text)
  return (
    <div className={styles.bar}>
      <Combobox
        name="subject"
        label={label}
        placeholder={placeholder}
        value={text}
        suggestions={known.map(({ text: value, about: what }) => ({ value, about: what }))}
        problem={
          text !== '' && found === undefined && typed === undefined ? 'It is not there any more.' : undefined
        }
        onChange={value => {
          setTyped(value)
          const chosen = known.find(one => one.text === value)
          if (chosen !== undefined) appStore.getState().setGraphView({ subject: chosen.subject })
        }}
      />
    </div>
  )
}
