import { ImportButtons } from './ImportButtons.tsx'
import { Recipes } from './Recipes.tsx'
import styles from './HowToImport.module.css'

/** How to get a node's rules, and how to bring them in. */
export function HowToImport() {
  return (
    <div className={styles.how} tabIndex={0} role="group" aria-label="How to import a node’s rules">
      <h3>What does a real node do?</h3>
      <p>
        Drop the output of <code>iptables-save</code> or <code>iptables -nvL</code>, and of{' '}
        <code>ipset save</code> or <code>ipset list</code>, anywhere on this page. The files stand beside your
        policies: names are read back to their meanings, packets can be followed through the node’s own rules,
        and every difference from what the policies should give is listed with the flows that it changes.
        Nothing leaves this browser.
      </p>
      <p className={styles.ways}>
        <ImportButtons />
      </p>
      <Recipes />
    </div>
  )
}
