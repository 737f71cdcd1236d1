/** A coordinate to a tenth of a pixel, as short as that is. */
export function svgNumber(value: number): string {
  // `-0` is `0`.
  return String(Math.round(value * 10) / 10 + 0)
}

/** How far the baseline lies below the middle of a line of text, in parts of the font's size. */
export const MIDDLE = 0.346
