/**
 * A phrase as it begins a line. Names, fields and values that come first stay as they are: they have marks that words
 * lack.
 */
export function capitalised(text: string): string {
  return /^[a-z]+(?:[ ,:;]|$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text
}
