import { EVERYTHING, intersect, NOTHING } from './reachRules.ts'
import type { Extent, SideConditions } from './reachRules.ts'
import { canHold, conditionExtent } from './reachViews.ts'
import type { View } from './reachViews.ts'

/** What rules ask of one end of a flow, as numbers: rules that ask the same share one. */
export interface QuestionIndex {
  /** `NO_QUESTION` where nothing is asked. All are to be numbered before the first answer. */
  readonly questionOf: (conditions: SideConditions) => number
  /**
   * Question → answer for an address at that end, those left out that cannot hold for any traffic. 1: holds for all;
   * other numbers: for some, and equal numbers mean the same. Kept with the view.
   */
  readonly answersOf: (view: View) => ReadonlyMap<number, number>
  /** The traffic that an answer means. */
  readonly extentOf: (answer: number) => Extent
}

export const NO_QUESTION = -1

export function createQuestionIndex(): QuestionIndex {
  const numbers = new Map<string, number>()
  const questions: SideConditions[] = []
  const numbersOfExtents = new Map<string, number>()
  const extents: Extent[] = [NOTHING, EVERYTHING]
  const answers = new Map<View, ReadonlyMap<number, number>>()
  let filed: { readonly byAtom: ReadonlyMap<number, readonly number[]>; readonly rest: readonly number[] }
  let isFiled = false

  /** Each question under the rarest atom that it wants, so that few are looked at for an address. */
  const file = (): void => {
    const uses = new Map<number, number>()
    for (const { atoms } of questions)
      for (const { atom, inverted } of atoms) if (!inverted) uses.set(atom, (uses.get(atom) ?? 0) + 1)
    const byAtom = new Map<number, number[]>()
    const rest: number[] = []
    questions.forEach(({ atoms }, question) => {
      let rarest: number | undefined
      for (const { atom, inverted } of atoms)
        if (!inverted && (rarest === undefined || (uses.get(atom) ?? 0) < (uses.get(rarest) ?? 0)))
          rarest = atom
      if (rarest === undefined) rest.push(question)
      else {
        const under = byAtom.get(rarest)
        if (under === undefined) byAtom.set(rarest, [question])
        else under.push(question)
      }
    })
    filed = { byAtom, rest }
    isFiled = true
  }

  const answerOf = ({ sets }: SideConditions, view: View): number => {
    if (sets.length === 0) return 1
    const extent = sets
      .map(condition => conditionExtent(condition, view))
      .reduce((all, one) => intersect(all, one), EVERYTHING)
    if (extent.possible.length === 0) return 0
    const text = JSON.stringify(extent)
    const known = numbersOfExtents.get(text)
    if (known !== undefined) return known
    const answer = extents.push(extent) - 1
    numbersOfExtents.set(text, answer)
    return answer
  }

  return {
    questionOf({ atoms, sets }) {
      if (atoms.length + sets.length === 0) return NO_QUESTION
      let key = ''
      for (const { atom, inverted } of atoms) key += inverted ? `!${atom} ` : `${atom} `
      for (const { id } of sets) key += `s${id} `
      const known = numbers.get(key)
      if (known !== undefined) return known
      const question = questions.push({ atoms, sets }) - 1
      numbers.set(key, question)
      return question
    },
    answersOf(view) {
      const known = answers.get(view)
      if (known !== undefined) return known
      if (!isFiled) file()
      const found = new Map<number, number>()
      const ask = (question: number): void => {
        const conditions = questions[question]
        if (conditions === undefined || !canHold(conditions, view)) return
        const answer = answerOf(conditions, view)
        if (answer !== 0) found.set(question, answer)
      }
      for (const atom of view.atoms) filed.byAtom.get(atom)?.forEach(ask)
      filed.rest.forEach(ask)
      answers.set(view, found)
      return found
    },
    extentOf: answer => extents[answer] ?? NOTHING,
  }
}
