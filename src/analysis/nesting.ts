import { MAX_DEPTH } from '../parse/problem.ts'

export const TOO_DEEP = `nested more than ${MAX_DEPTH} levels deep`

/**
 * Whether lists and objects lie in each other deeper than any reader follows them. Goes level by level, as a value that
 * JSON.parse gave may be nested deeper than the stack.
 */
export function isNestedTooDeep(value: unknown): boolean {
  let level = [value].filter(isContainer)
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true
    const below: object[] = []
    for (const container of level)
      for (const child of Object.values(container) as unknown[]) if (isContainer(child)) below.push(child)
    level = below
  }
  return false
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
