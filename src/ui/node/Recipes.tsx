import { CopyButton } from '../widgets/CopyButton.tsx'
import { RECIPES } from './nodeCommands.ts'
import styles from './Recipes.module.css'

/** The commands that make the dumps, to be copied. */
export function Recipes() {
  return (
    <div className={styles.recipes}>
      {RECIPES.map(({ title, about, lines }) => (
        <section key={title}>
          <h4>
            {title}
            <CopyButton label={`Copy the commands: ${title}`} text={() => `${lines.join('\n')}\n`}>
              Copy
            </CopyButton>
          </h4>
          <p>{about}</p>
          <pre tabIndex={0} aria-label={title}>
            {lines.join('\n')}
          </pre>
        </section>
      ))}
      <p className={styles.note}>
        If the first file holds no chain AZURE-NPM, the node uses the other back end: take{' '}
        <code>iptables-legacy-save</code> in place of <code>iptables-nft-save</code>.
      </p>
    </div>
  )
}
