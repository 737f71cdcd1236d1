import { expect, test } from 'vitest'
import { encodingOf } from './encoding.ts'

test.each([
  ['nothing', [], 'utf-8'],
  ['one character', [0x61], 'utf-8'],
  ['plain', [0x61, 0x70], 'utf-8'],
  ['UTF-8 with a mark', [0xef, 0xbb, 0xbf, 0x61], 'utf-8'],
  ['PowerShell: little-endian with a mark', [0xff, 0xfe, 0x61, 0x00], 'utf-16le'],
  ['little-endian without one', [0x61, 0x00], 'utf-16le'],
  ['big-endian with a mark', [0xfe, 0xff, 0x00, 0x61], 'utf-16be'],
  ['big-endian without one', [0x00, 0x61], 'utf-16be'],
  ['zeros, as in a disk image', [0, 0, 0, 0], 'utf-8'],
] as const)('%s', (_, bytes, encoding) => {
  expect(encodingOf(Uint8Array.from(bytes))).toBe(encoding)
})
