import type { TimelineStep } from '../../model/protocol.ts'

export interface StepTexts {
  /** `NetworkPolicy default/web` */
  readonly object: string
  /** `added`; `old version removed`. */
  readonly what: string
  /** What that means, where it is not plain. */
  readonly meaning?: string
  readonly commands: string
  readonly failure?: string
}

/** A step in words. */
export function stepTexts(step: TimelineStep): StepTexts {
  const [kind = '', ...name] = step.resource.split('/')
  const meaning = meaningOf(step)
  const failure = failureOf(step)
  return {
    object: `${kind} ${name.join('/')}`,
    what: whatOf(step),
    ...(meaning !== undefined && { meaning }),
    commands:
      step.commands === 0
        ? 'no commands: nothing changes on the node'
        : `${step.commands} ${step.commands === 1 ? 'command' : 'commands'}`,
    ...(failure !== undefined && { failure }),
  }
}

/** `NetworkPolicy default/web, old version removed` */
export function stepName(step: TimelineStep): string {
  const { object, what } = stepTexts(step)
  return `${object}, ${what}`
}

function whatOf({ phase, action }: TimelineStep): string {
  if (phase === 'remove') return 'old version removed'
  if (phase === 'add') return 'new version added'
  return { add: 'added', change: 'changed', delete: 'deleted' }[action]
}

function meaningOf({ phase }: TimelineStep): string | undefined {
  return phase === 'remove' ? 'a gap: neither version is in force until the next step' : undefined
}

function failureOf({ failure, oldInForce, crashed }: TimelineStep): string | undefined {
  if (crashed === true)
    return 'The agent’s process dies. Until it has started again and added every policy anew, nothing is enforced (D32).'
  if (failure === undefined) return undefined
  const left = oldInForce === true ? 'the old version stays in force' : 'nothing of this policy is enforced'
  switch (failure.class) {
    case 'T':
      return `azure-npm cannot translate it, so ${left}: ${failure.message}`
    case 'V':
      return `The node refuses it, so ${left}: ${failure.message}`
    case 'N':
      return `It makes no rule, so ${left}: ${failure.message}`
  }
}
