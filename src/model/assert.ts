/** Marks a branch that the types exclude. Throws when data from outside slipped past them: our bug. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}

/** The value, or a throw where its absence would be our own bug. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`missing: ${what}`)
  return value
}
