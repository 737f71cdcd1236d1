/** Columns two spaces apart, as `kubectl get` prints them; the last one ragged. Widths count code points. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, [...cell].length)
    })
  return rows
    .map(
      row =>
        `${row
          .map((cell, i) =>
            i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - [...cell].length + 2),
          )
          .join('')
          .trimEnd()}\n`,
    )
    .join('')
}
