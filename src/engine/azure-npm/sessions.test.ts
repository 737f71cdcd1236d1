import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ProfileId } from '../../model/scenario.ts'
import type { RawEvent } from '../../testing/rawObjects.ts'
import { agentEvent } from '../../testing/rawObjects.ts'
import { createAgent, handleEvent } from './agent.ts'
import type { Command } from './agentState.ts'

interface Session {
  readonly events: readonly RawEvent[]
  readonly answers: Readonly<
    Record<string, { readonly steps: readonly { readonly commands: readonly Command[] }[] }>
  >
}

const sessions = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../testing/vectors/npm-v2/sessions.json'), 'utf8'),
) as Session[]

describe.each(['v1.4.45', 'head'] satisfies ProfileId[])('[N47] recorded sessions of %s', profile => {
  test.each(sessions.map((session, index) => ({ ...session, index })))('session $index', session => {
    const agent = createAgent(profile)
    session.events.forEach((event, i) => {
      const { commands } = handleEvent(agent, agentEvent(event))
      expect(commands, `event ${i}: ${event.action} ${event.kind} ${event.object.metadata.name}`).toEqual(
        session.answers[profile]?.steps[i]?.commands,
      )
    })
  })
})

test('[N47] there are 40 sessions', () => {
  expect(sessions.length).toBe(40)
})
