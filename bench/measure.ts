import process from 'node:process'

export interface Timed<T> {
  readonly result: T
  readonly wall: number
  /** Of the processor, its garbage collector's threads included: what other work on the machine adds least to. */
  readonly cpu: number
}

export function timed<T>(run: () => T): Timed<T> {
  const before = process.cpuUsage()
  const start = performance.now()
  const result = run()
  const wall = performance.now() - start
  const { user, system } = process.cpuUsage(before)
  return { result, wall, cpu: (user + system) / 1000 }
}

/** Milliseconds of each run. `prepare` is not counted. */
export function timesOf<T>(
  runs: number,
  prepare: (run: number) => T,
  run: (prepared: T) => unknown,
): number[] {
  return Array.from({ length: runs }, (_, i) => {
    const prepared = prepare(i)
    const start = performance.now()
    run(prepared)
    return performance.now() - start
  })
}

/** Milliseconds of the best of several equal runs: the one that other work on the machine disturbed least. */
export function measure<T>(runs: number, prepare: (run: number) => T, run: (prepared: T) => unknown): number {
  return Math.min(...timesOf(runs, prepare, run))
}

/** The time that so many of a hundred runs stayed within. */
export function percentile(times: readonly number[], percent: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN
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
