import type { Reason } from '../../model/packetTrace.ts'
import { YamlLink } from '../inspector/Links.tsx'
import { capitalised } from './capitalised.ts'
import { Words } from './Words.tsx'
import styles from './Reasons.module.css'

/** Reasons with their finer reasons below them, each with the field that it is about. */
export function Reasons({ reasons }: { readonly reasons: readonly Reason[] }) {
  return (
    <ul className={styles.reasons}>
      {reasons.map(({ text, origin, parts = [] }, i) => (
        <li key={i}>
          <Words text={capitalised(text)} />
          {origin !== undefined && (
            <>
              {' '}
              <YamlLink origin={origin}>{origin.path === '' ? origin.resource : origin.path}</YamlLink>
            </>
          )}
          {parts.length > 0 && <Reasons reasons={parts} />}
        </li>
      ))}
    </ul>
  )
}
