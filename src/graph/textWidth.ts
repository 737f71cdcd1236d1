/** Characters by their width in hundredths of the font's size, between Arial's and DejaVu Sans', which UI fonts lie between. */
const WIDTHS: Readonly<Record<number, string>> = {
  26: "ijl|'",
  32: ' .,:;/\\!Ift·',
  37: '()[]-`r"',
  46: '*J{}_',
  53: 'ckszvxyL',
  60: '0123456789abdeghnopqu#$?FT',
  66: 'ABEKPRSVXYZC+<=>~^',
  76: 'DGHNOQUw&×',
  93: 'mMW%@',
}
const LATIN = 64
const WIDE = 100
/** How much wider semibold is. */
const BOLD = 1.09
const MONOSPACED = 0.602
/** How much wider than expected a font is to find its ellipsis whole. */
const WIDER = 1.07

const BY_CHARACTER: ReadonlyMap<string, number> = new Map(
  Object.entries(WIDTHS).flatMap(([width, characters]) =>
    [...characters].map((character): [string, number] => [character, Number(width)]),
  ),
)

export interface Font {
  /** In px. */
  readonly size: number
  readonly bold?: boolean
  readonly mono?: boolean
}

/** About the width in px: a file cannot know the font that will draw it. */
export function textWidth(text: string, { size, bold = false, mono = false }: Font): number {
  let sum = 0
  for (const character of text)
    sum +=
      (character.codePointAt(0) ?? 0) >= 0x1100
        ? WIDE
        : mono
          ? MONOSPACED * 100
          : (BY_CHARACTER.get(character) ?? LATIN)
  return (sum / 100) * size * (bold && !mono ? BOLD : 1)
}

/** As much of the text as fits, with an ellipsis where it is not all: then with room for a wider font than expected. */
export function fitText(text: string, room: number, font: Font): string {
  if (textWidth(text, font) <= room) return text
  const characters = [...text]
  let [fits, cut] = [0, characters.length]
  while (cut - fits > 1) {
    const middle = (fits + cut) >> 1
    const width = textWidth(`${characters.slice(0, middle).join('')}…`, font)
    if (width * WIDER <= room) fits = middle
    else cut = middle
  }
  return `${characters.slice(0, fits).join('').trimEnd()}…`
}

/** A text parted between words so that as much of it as fits is in the first line; the rest may be longer than the room. */
export function inTwoLines(text: string, room: number, font: Font): readonly [string, string] {
  const words = text.split(' ')
  let count = 1
  while (count < words.length && textWidth(words.slice(0, count + 1).join(' '), font) <= room) count++
  return [words.slice(0, count).join(' '), words.slice(count).join(' ')]
}
