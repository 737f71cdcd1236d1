import type { TestProject } from 'vitest/node'
import { removeLeftovers } from './namespaces.ts'
import { findAbilities, type Abilities } from './abilities.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly abilities: Abilities
  }
}

/** Looks once what this machine can do, says in one line what it cannot, and clears up after runs that were killed. */
export default function setup(project: TestProject): void {
  const abilities = findAbilities()
  project.provide('abilities', abilities)
  if (abilities.backends.length > 0) removeLeftovers()
  for (const line of abilities.lacks) console.log(line)
}
