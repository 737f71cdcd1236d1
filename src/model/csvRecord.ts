/** One record of RFC 4180, without its line end. */
export function csvRecord(cells: readonly (string | number)[]): string {
  return cells
    .map(String)
    .map(cell => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')
}
