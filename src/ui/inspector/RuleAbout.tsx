import { Footprints } from 'lucide-react'
import type { WalkedRule } from '../../model/packetTrace.ts'
import { appStore } from '../../store/appStore.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { traceOf } from '../../store/packet.ts'
import type { Selection } from '../../store/selection.ts'
import { useAppStore } from '../useApp.ts'
import { KernelText } from './KernelText.tsx'
import button from '../widgets/Button.module.css'
import styles from './Explain.module.css'

interface Props {
  readonly rule: Selection & { readonly kind: 'rule' }
  readonly names: ReadonlyMap<string, KernelName>
}

/** What the chain of a rule is for and, where the followed packet met the rule, what the rule says and did with it. */
export function RuleAbout({ rule, names }: Props) {
  const { chain, number } = rule
  const isShown = useAppStore(state => state.packetAnswer?.question.rules === 'policies')
  const steps = useAppStore(state => traceOf(state)?.steps)
  const met = isShown ? steps?.find(step => step.chain === chain && step.number === number) : undefined
  return (
    <>
      <p>
        <code>{chain}</code> {names.get(chain)?.sentence}
      </p>
      {met !== undefined && (
        <>
          <pre className={styles.rule}>
            <KernelText text={met.text} names={names} />
          </pre>
          <p>{didWords(met)}</p>
          <p>
            <button
              type="button"
              className={button.small}
              onClick={() => appStore.getState().setView({ inspectorTab: 'packet' })}
            >
              <Footprints size={13} aria-hidden /> Back to the packet
            </button>
          </p>
        </>
      )}
    </>
  )
}

function didWords({ matched, action }: WalkedRule): string {
  return matched
    ? `The packet that is followed matches it: ${action}.`
    : 'The packet that is followed does not match it, and goes on with the next rule.'
}
