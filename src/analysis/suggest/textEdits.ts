import type { Replacement } from '../../parse/editText.ts'

/** Texts that differ in more lines than this are told as one stretch. */
const MAX_DIFFERENCES = 400

/**
 * The smallest stretches that turn one text into the other, line by line and, where lines were changed, without what
 * stays the same at their ends. In the order of the text; they do not overlap.
 */
export function textEdits(before: string, after: string): readonly Replacement[] {
  const length = Math.min(before.length, after.length)
  let head = 0
  while (head < length && before.charCodeAt(head) === after.charCodeAt(head)) head++
  const first = head === 0 ? 0 : before.lastIndexOf('\n', head - 1) + 1
  let tail = 0
  while (
    tail < length - first &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++
  const newline = before.indexOf('\n', before.length - tail)
  const last = newline < 0 ? 0 : before.length - newline - 1
  const old = linesOf(before.slice(first, before.length - last))
  const now = linesOf(after.slice(first, after.length - last))
  const offsets = [first]
  for (const line of old) offsets.push((offsets.at(-1) ?? 0) + line.length)
  return changedBlocks(old, now).map(block => {
    const start = offsets[block.oldStart] ?? before.length
    const end = offsets[block.oldEnd] ?? before.length
    return trimmed(before.slice(start, end), now.slice(block.newStart, block.newEnd).join(''), start)
  })
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  return [...lines.map(line => `${line}\n`), ...(last === '' ? [] : [last])]
}

function trimmed(old: string, text: string, start: number): Replacement {
  let head = 0
  while (head < old.length && head < text.length && old[head] === text[head]) head++
  let tail = 0
  while (tail < old.length - head && tail < text.length - head && old.at(-1 - tail) === text.at(-1 - tail))
    tail++
  return { start: start + head, end: start + old.length - tail, text: text.slice(head, text.length - tail) }
}

interface Block {
  readonly oldStart: number
  readonly oldEnd: number
  readonly newStart: number
  readonly newEnd: number
}

/** Myers' greedy comparison (An O(ND) Difference Algorithm, 1986): the work grows with the lines that differ. */
function changedBlocks(old: readonly string[], now: readonly string[]): readonly Block[] {
  const whole: Block = { oldStart: 0, oldEnd: old.length, newStart: 0, newEnd: now.length }
  if (old.length === 0 && now.length === 0) return []
  if (old.length === 0 || now.length === 0) return [whole]
  const reached: Map<number, number>[] = []
  let ends = new Map<number, number>([[1, 0]])
  for (let d = 0; d <= Math.min(MAX_DIFFERENCES, old.length + now.length); d++) {
    const next = new Map<number, number>()
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (ends.get(k - 1) ?? -1) < (ends.get(k + 1) ?? -1))
      let x = down ? (ends.get(k + 1) ?? 0) : (ends.get(k - 1) ?? 0) + 1
      while (x < old.length && x - k < now.length && old[x] === now[x - k]) x++
      next.set(k, x)
      if (x >= old.length && x - k >= now.length) return blocksOf([...reached, ends], old.length, now.length)
    }
    reached.push(ends)
    ends = next
  }
  return [whole]
}

/** The way back from the end: single steps, joined where they touch. `reached[d]` is what d - 1 differences reach. */
function blocksOf(
  reached: readonly ReadonlyMap<number, number>[],
  oldLength: number,
  newLength: number,
): readonly Block[] {
  const steps: Block[] = []
  let x = oldLength
  let y = newLength
  for (let d = reached.length - 1; d > 0; d--) {
    const ends = reached[d]
    const k = x - y
    const down = k === -d || (k !== d && (ends?.get(k - 1) ?? -1) < (ends?.get(k + 1) ?? -1))
    const from = down ? k + 1 : k - 1
    const startX = ends?.get(from) ?? 0
    const startY = startX - from
    steps.push({
      oldStart: startX,
      oldEnd: down ? startX : startX + 1,
      newStart: startY,
      newEnd: down ? startY + 1 : startY,
    })
    x = startX
    y = startY
  }
  const blocks: Block[] = []
  for (const step of steps.reverse()) {
    const last = blocks.at(-1)
    if (last?.oldEnd === step.oldStart && last.newEnd === step.newStart)
      blocks.splice(-1, 1, { ...last, oldEnd: step.oldEnd, newEnd: step.newEnd })
    else blocks.push(step)
  }
  return blocks
}
