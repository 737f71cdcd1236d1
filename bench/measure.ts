/** Milliseconds: the median of several runs. `prepare` is not counted. */
export function measure<T>(runs: number, prepare: (run: number) => T, run: (prepared: T) => unknown): number {
  const times: number[] = []
  for (let i = 0; i < runs; i++) {
    const prepared = prepare(i)
    const start = performance.now()
    run(prepared)
    times.push(performance.now() - start)
  }
  return median(times)
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

/** Rows of text under a head, columns aligned: the first to the left, the others to the right. */
export function printTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map(row => row[i]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  console.log([`\n${title}`, line(head), ...rows.map(line)].join('\n'))
}

export function milliseconds(time: number): string {
  return time < 10 ? time.toFixed(2) : time.toFixed(0)
}

export function count(number: number): string {
  return Math.round(number)
    .toString()
    .replace(/\B(?=(?:\d{3})+$)/g, ',')
}
