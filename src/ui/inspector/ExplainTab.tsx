import type { Analysis } from '../../model/protocol.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { appStore } from '../../store/appStore.ts'
import { linkedTo, ruleKey } from '../../store/linked.ts'
import type { Selection } from '../../store/selection.ts'
import { placeOfOrigin } from '../editor/sourceAt.ts'
import { useAppStore } from '../useApp.ts'
import { EndpointExplained } from './EndpointExplained.tsx'
import { FlowExplained } from './FlowExplained.tsx'
import { SelectionLink, YamlLink } from './Links.tsx'
import { RuleAbout } from './RuleAbout.tsx'
import { SetList } from './SetList.tsx'
import styles from './Explain.module.css'

interface Props {
  readonly analysis: Analysis
  readonly names: ReadonlyMap<string, KernelName>
}

/** What there is to say about the selection. */
export function ExplainTab({ analysis, names }: Props) {
  const selection = useAppStore(state => state.selection)
  return (
    <div className={styles.explain} tabIndex={0} role="group" aria-label="Explanation">
      <Content analysis={analysis} names={names} selection={selection} />
    </div>
  )
}

function Content({ analysis, names, selection }: Props & { readonly selection: Selection | undefined }) {
  if (selection === undefined) return <NothingSelected analysis={analysis} />
  switch (selection.kind) {
    case 'flow':
      return <FlowExplained analysis={analysis} src={selection.src} dst={selection.dst} />
    case 'endpoint':
      return <EndpointExplained analysis={analysis} names={names} id={selection.id} />
    default:
      return <ThingExplained analysis={analysis} names={names} selection={selection} />
  }
}

function NothingSelected({ analysis }: { readonly analysis: Analysis }) {
  return (
    <>
      <div className={styles.hint}>
        <p>Click a line or a box in the flow, a rule, a set, or a line of the YAML.</p>
        <p>It is explained here, and what belongs to it lights up in every pane.</p>
      </div>
      {analysis.policies.length > 0 && (
        <section className={styles.section}>
          <h3>Policies</h3>
          <ul className={styles.list}>
            {analysis.policies.slice(0, 100).map(({ namespace, name }) => (
              <li key={`${namespace}/${name}`}>
                <SelectionLink target={{ kind: 'policy', key: `${namespace}/${name}` }}>
                  {namespace}/{name}
                </SelectionLink>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function titleOf(selection: Selection): { readonly kind: string; readonly name: string } {
  switch (selection.kind) {
    case 'policy':
      return { kind: 'Policy', name: selection.key }
    case 'namespace':
      return { kind: 'Namespace', name: selection.name }
    case 'chain':
      return { kind: 'Chain', name: selection.name }
    case 'rule':
      return { kind: 'Rule', name: `${selection.chain} ${selection.number}` }
    case 'set':
      return { kind: 'Set', name: selection.name }
    case 'origin':
      return {
        kind: selection.resource.split('/')[0] ?? '',
        name: selection.resource.split('/').slice(1).join('/'),
      }
    case 'flow':
    case 'endpoint':
      return { kind: '', name: '' }
  }
}

/** A policy, a field, a chain, a rule, a set, a namespace: what made it and what it made. */
function ThingExplained({ analysis, names, selection }: Props & { readonly selection: Selection }) {
  const linked = linkedTo(analysis, selection)
  const { kind, name } = titleOf(selection)
  const meaning =
    selection.kind === 'chain' || selection.kind === 'set' ? names.get(selection.name) : undefined
  const notes = [
    ...analysis.failures
      .filter(failure => linked.policies.has(failure.policy))
      .map(failure => failure.message),
    ...analysis.deviations
      .filter(deviation => linked.policies.has(deviation.policy))
      .map(deviation => `${deviation.id} ${deviation.name}: ${deviation.message}`),
  ]
  const inText = linked.origins.filter(origin => placeOfOrigin(analysis, origin) !== undefined)
  const rules = analysis.ruleset.tables.flatMap(table =>
    table.chains.flatMap(chain =>
      chain.rules.flatMap((_, i) =>
        linked.rules.has(ruleKey(chain.name, i + 1)) ? [{ chain: chain.name, number: i + 1 }] : [],
      ),
    ),
  )
  return (
    <>
      <header className={styles.title}>
        <span>{kind}</span>
        <h3>{name}</h3>
        {selection.kind === 'origin' && selection.path !== '' && <code>{selection.path}</code>}
        {selection.kind === 'rule' && <RuleAbout rule={selection} names={names} />}
        {meaning !== undefined && (
          <p>
            {meaning.readable !== '' && <code>{meaning.readable}</code>} {meaning.sentence}
          </p>
        )}
      </header>
      {notes.map(note => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
      {inText.length > 0 && (
        <section className={styles.section}>
          <h3>In the YAML</h3>
          <ul className={styles.list}>
            {inText.slice(0, 40).map((origin, i) => (
              <li key={i}>
                <YamlLink origin={origin}>
                  {origin.resource}
                  {origin.path === '' ? '' : ` · ${origin.path}`}
                </YamlLink>
              </li>
            ))}
          </ul>
        </section>
      )}
      {rules.length > 0 && (
        <section className={styles.section}>
          <h3>iptables rules</h3>
          <ul className={styles.list}>
            {rules.slice(0, 60).map(rule => (
              <li key={ruleKey(rule.chain, rule.number)}>
                <SelectionLink
                  mono
                  target={{ kind: 'rule', ...rule }}
                  title={names.get(rule.chain)?.sentence}
                  onFollow={() => {
                    appStore.getState().select({ kind: 'rule', ...rule })
                    appStore.getState().setView({ inspectorTab: 'iptables', chainFilter: '' })
                  }}
                >
                  {rule.chain} {rule.number}
                </SelectionLink>
              </li>
            ))}
          </ul>
        </section>
      )}
      {linked.sets.size > 0 && (
        <section className={styles.section}>
          <h3>ipsets</h3>
          <SetList names={names} sets={[...linked.sets]} />
        </section>
      )}
    </>
  )
}
