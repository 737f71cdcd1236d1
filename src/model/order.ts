/**
 * Orders strings by UTF-8 bytes, as Go's `<` does. UTF-16 order differs from it only where a surrogate meets
 * U+E000–U+FFFF, so the comparison goes by code point.
 */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const highX = x >= 0xd800 && x <= 0xdfff
    const highY = y >= 0xd800 && y <= 0xdfff
    if (highX !== highY) return highX ? 1 : -1
    return x - y
  }
  return a.length - b.length
}
