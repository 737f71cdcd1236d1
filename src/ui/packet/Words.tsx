/** A sentence of the analysis: what stands between backticks is a name or a value. */
export function Words({ text }: { readonly text: string }) {
  return text.split('`').map((part, i) => (i % 2 === 0 ? part : <code key={i}>{part}</code>))
}
