import type { NodeProblem } from '../model/nodeReport.ts'

const LISTED_PROBLEMS = 20

/** What is wrong with the dumps, a line each, as compilers print it. */
export function nodeProblemLines({ problems }: { readonly problems: readonly NodeProblem[] }): string {
  const lines = problems.slice(0, LISTED_PROBLEMS).map(({ place, severity, message }) => {
    const at = place === undefined ? '' : `${place.file}:${place.line}:1: `
    return `${at}${severity}: ${message}\n`
  })
  const more = problems.length - lines.length
  return lines.join('') + (more > 0 ? `netpol-flow: and ${more} more lines about the dumps\n` : '')
}
