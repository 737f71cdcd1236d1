import styles from '../inspector/Legend.module.css'

const SETS: readonly (readonly [string, string])[] = [
  ['-N set type', 'make a set, if it is not there'],
  ['-A set member', 'add a member'],
  ['-A set member nomatch', 'an exception: this address is not in the set'],
  ['-D set member', 'take a member out'],
  ['-F set', 'empty the set'],
  ['-X set', 'remove the set'],
]

const RULES: readonly (readonly [string, string])[] = [
  [':CHAIN - -', 'make the chain, or empty it'],
  ['-A CHAIN …', 'put a rule at the end of the chain'],
  ['-I CHAIN n …', 'put a rule at place n'],
  ['-D CHAIN …', 'take this rule out'],
  ['-F CHAIN', 'empty the chain'],
  ['-m set --match-set set src', 'only packets whose sender is in the set; dst: whose receiver is'],
  ['-j CHAIN', 'go on in that chain'],
  ['-j MARK --set-mark …', 'note on the packet: 0x400 and 0x800 say drop, unless another policy allows it'],
  ['-m comment --comment …', 'a remark, without effect'],
  ['COMMIT', 'everything above takes effect at this moment, at once'],
]

/** The few words of both languages that the agent uses. */
export function Reading() {
  return (
    <details className={styles.legend}>
      <summary>How to read these lines</summary>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label="How to read these lines">
        <Words title="ipset restore" words={SETS} />
        <Words title="iptables, iptables-restore" words={RULES} />
      </div>
    </details>
  )
}

function Words({
  title,
  words,
}: {
  readonly title: string
  readonly words: readonly (readonly [string, string])[]
}) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{title}</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        {words.map(([word, meaning]) => (
          <tr key={word}>
            <td>
              <code>{word}</code>
            </td>
            <td>{meaning}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
