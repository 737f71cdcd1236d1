const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1
  return remainder
})

/** CRC-32 as in zip and PNG (ISO 3309, reflected polynomial 0xedb88320), a uint32. */
export function crc32(bytes: Uint8Array): number {
  let remainder = -1
  for (const byte of bytes) remainder = (TABLE[(remainder ^ byte) & 255] ?? 0) ^ (remainder >>> 8)
  return ~remainder >>> 0
}
