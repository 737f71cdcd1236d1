import type { ExpectationCounts } from '../../store/expectations.ts'
import type { Tab } from '../widgets/Tabs.tsx'
import styles from './expectationTabOf.module.css'

/** The tab's label, with how many hold and how many do not. */
export function expectationTabOf({ all, pass }: ExpectationCounts): Tab<'expectations'> {
  const bad = all - pass
  return {
    value: 'expectations',
    label: 'Expect',
    name: 'Expectations',
    ...(all > 0 && {
      badge: {
        spoken: bad === 0 ? `all ${all} hold` : `${pass} of ${all} hold`,
        mark: (
          <span className={styles.marks}>
            {pass > 0 && <span data-tone="good">{pass}✓</span>}
            {bad > 0 && <span data-tone="bad">{bad}✗</span>}
          </span>
        ),
      },
    }),
  }
}
