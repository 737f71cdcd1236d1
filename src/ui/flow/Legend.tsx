import { CHANGED_MARK, CHIP_WORDS, isHole, LEGEND_LINES, looksOf } from '../../graph/looks.ts'
import type { GraphModel } from '../../model/picture.ts'
import { LineSample } from './LineSample.tsx'
import styles from './FlowPane.module.css'
import nodes from './nodes.module.css'

/** The looks that occur in the picture, with their words. */
export function Legend({ model }: { readonly model: GraphModel }) {
  const looks = looksOf(model)
  const isolates = (direction: 'ingress' | 'egress'): boolean =>
    model.nodes.some(({ isolated }) => isolated[direction])
  return (
    <ul className={styles.legend} aria-label="Legend">
      {LEGEND_LINES.filter(({ look }) => looks.includes(look)).map(({ look, word, meaning }) => (
        <li key={look} title={meaning}>
          <LineSample look={look} />
          {word}
        </li>
      ))}
      {model.edges.some(({ change }) => change !== 'none') && <li>{CHANGED_MARK} changed since the base</li>}
      {isolates('ingress') && (
        <li>
          <span className={nodes.chip}>in</span>
          {CHIP_WORDS.in}
        </li>
      )}
      {isolates('egress') && (
        <li>
          <span className={nodes.chip}>out</span>
          {CHIP_WORDS.out}
        </li>
      )}
      {(model.nodes.some(({ assumed }) => assumed) || model.groups.some(({ assumed }) => assumed)) && (
        <li>
          <span className={styles.sampleBox} />
          Assumed
        </li>
      )}
      {model.nodes.some(isHole) && (
        <li>
          <span className={styles.sampleBox} data-hole />
          Except: cut out of a block
        </li>
      )}
    </ul>
  )
}
