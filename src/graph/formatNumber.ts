/** A count as the page writes it: `12,840`. */
export function formatNumber(count: number): string {
  return count.toString().replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** `1 block`, `2,000 blocks`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`
}
