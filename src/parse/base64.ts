const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 of UTF-8 text; `undefined` when it is malformed. The core has no platform decoder. */
export function decodeBase64(source: string): string | undefined {
  const digits = source.replace(/[\r\n]/g, '')
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)) return undefined
  let escaped = ''
  let bits = 0
  let held = 0
  for (const digit of digits.replace(/=+$/, '')) {
    bits = ((bits << 6) | BASE64.indexOf(digit)) & 0xffff
    held += 6
    if (held < 8) continue
    held -= 8
    escaped += `%${((bits >> held) & 0xff).toString(16).padStart(2, '0')}`
  }
  try {
    return decodeURIComponent(escaped)
  } catch {
    return undefined
  }
}
