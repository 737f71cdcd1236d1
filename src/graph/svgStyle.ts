import {
  CASING_WIDTH,
  CHANGED_WIDTH,
  FAINT_LINE,
  FONT_MONO,
  FONT_UI,
  HALO_WIDTH,
  LINE_STYLES,
  mixed,
  PALETTES,
  TEXT_STYLES,
  type LineLook,
  type Palette,
  type TextStyle,
  type Theme,
} from './looks.ts'

/** `auto` follows the reader's system, also where the picture is an `<img>` in a README. */
export type SvgTheme = Theme | 'auto'
export const SVG_THEMES: readonly SvgTheme[] = ['auto', 'light', 'dark', 'contrast']

/**
 * The style sheet of a picture. Colours are written out rather than custom properties, which converters to PNG and PDF
 * do not know; those also pass over media queries, and so draw the light picture.
 */
export function svgStyle(
  theme: SvgTheme,
  looks: readonly LineLook[],
  statuses: readonly LineLook[],
  crowded: boolean,
): string {
  const colours = (palette: Palette): readonly string[] => [
    ...coloursOf(palette, looks),
    ...statuses.map(look => `.npf .status.${look}{fill:${palette[LINE_STYLES[look].colour]}}`),
  ]
  const rules =
    theme === 'auto'
      ? [
          ...colours(PALETTES.light),
          `@media (prefers-color-scheme:dark){${colours(PALETTES.dark).join('')}}`,
          `@media (prefers-contrast:more){${colours(PALETTES.contrast).join('')}}`,
        ]
      : colours(PALETTES[theme])
  return [...shapes(looks, crowded), ...rules].map(rule => `${rule}\n`).join('')
}

/** In whole hundreds, which is all that some converters know of weights. */
function text(name: string, { size, weight }: TextStyle): string {
  return `.npf .${name}{font-size:${size}px;font-weight:${Math.round(weight / 100) * 100}}`
}

function shapes(looks: readonly LineLook[], crowded: boolean): readonly string[] {
  return [
    `.npf{font-family:${FONT_UI}}`,
    ...Object.entries(TEXT_STYLES).map(([name, style]) => text(name, style)),
    `.npf .cidr{font-family:${FONT_MONO}}`,
    '.npf .detail{font-variant-numeric:tabular-nums}',
    '.npf .label text,.npf .chip{text-anchor:middle}',
    '.npf .icon{fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}',
    '.npf .dashed{stroke-dasharray:3 2}',
    '.npf .line,.npf .halo,.npf .casing,.npf .open,.npf .cross{fill:none}',
    `.npf .halo{stroke-width:${HALO_WIDTH};opacity:.75}`,
    '.npf .line,.npf .casing,.npf .open,.npf .stop{stroke:currentColor}',
    '.npf .head{fill:currentColor;stroke-width:.8}',
    '.npf .open{stroke-width:1.5}',
    '.npf .stop{stroke-width:1.8}',
    '.npf .label{pointer-events:none}',
    ...(looks.includes('deviates') ? [`.npf .casing{stroke-width:${CASING_WIDTH}}`] : []),
    ...looks.map(look => {
      const { width, dash } = LINE_STYLES[look]
      const pattern = dash === '' ? '' : `;stroke-dasharray:${dash}`
      const cap = look === 'unrestricted' ? ';stroke-linecap:round' : ''
      return `.npf .${look} .line{stroke-width:${width}${pattern}${cap}}`
    }),
    ...(crowded
      ? [`.npf .faint{opacity:${FAINT_LINE.opacity}}`, `.npf .faint .line{stroke-width:${FAINT_LINE.width}}`]
      : []),
    ...(looks.includes('unrestricted') ? ['.npf .unrestricted .word{font-weight:500}'] : []),
  ]
}

function coloursOf(palette: Palette, looks: readonly LineLook[]): readonly string[] {
  const {
    surface,
    'surface-2': second,
    'surface-3': third,
    border,
    'border-strong': strong,
    accent,
    'accent-soft': soft,
    'text-muted': muted,
  } = palette
  return [
    `.npf .sheet{fill:${surface};stroke:${border}}`,
    `.npf .dot,.npf .rule{fill:${border}}`,
    `.npf .foot{fill:${second}}`,
    `.npf text{fill:${palette.text}}`,
    `.npf .muted,.npf .detail,.npf .groupDetail,.npf .omission,.npf .legend{fill:${muted}}`,
    `.npf .icon{color:${muted}}`,
    `.npf .group{fill:${mixed(accent, 0.04, second)};stroke:${border}}`,
    `.npf .leaf,.npf .hole{fill:${surface};stroke:${strong}}`,
    `.npf .under{fill:${surface};stroke:${border}}`,
    `.npf .second{fill:${second}}`,
    `.npf .third{fill:${third}}`,
    `.npf .assumedGroup{stroke:${strong}}`,
    `.npf .chipBox{fill:${soft};stroke:${mixed(accent, 0.35, soft)}}`,
    `.npf .chip,.npf .times{fill:${accent}}`,
    `.npf .halo,.npf .head,.npf .deviates .line{stroke:${surface}}`,
    `.npf .changed .halo{stroke:${mixed(accent, 0.35, surface)};stroke-width:${CHANGED_WIDTH};opacity:1}`,
    `.npf .ring{fill:${surface}}`,
    ...looks.map(look => {
      const style = LINE_STYLES[look]
      const [line, ground] = [palette[style.colour], palette[style.soft]]
      return `.npf .${look}{color:${line}}.npf .${look} text{fill:${line}}.npf .${look} rect{fill:${ground};stroke:${mixed(line, 0.35, ground)}}`
    }),
  ]
}
