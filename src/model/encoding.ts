/**
 * The encoding of a text file, by its byte order mark or by where its first zero byte stands (YAML 1.2, section 5.2).
 * Windows PowerShell's `kubectl get -o yaml > file` writes UTF-16 with a mark. `TextDecoder` takes the name and drops
 * the mark.
 */
export function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return 'utf-8'
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be'
  return 'utf-8'
}
