import { formatCounts } from '../../graph/build.ts'
import { graphSvg } from '../../graph/svg.ts'
import type { SvgTheme } from '../../graph/svgStyle.ts'
import type { Picture } from '../../model/picture.ts'
import { failed, ok, type Result } from '../../model/result.ts'

/** The picture as it stands on the page, as a file; `name` is the scenario's. */
export function pictureSvg(
  { model, layout, routes }: Picture,
  { name, theme }: { readonly name: string; readonly theme: SvgTheme },
): string {
  return graphSvg(model, layout, routes, {
    theme,
    title: name === '' ? 'Who can talk to whom' : `${name}: who can talk to whom`,
    summary: formatCounts(model.counts),
    legend: true,
  })
}

export interface Png {
  readonly blob: Blob
  /** In pixels. */
  readonly width: number
  readonly height: number
}

/** What all browsers give a canvas; beyond it some hand out an empty one. */
const MOST_SIDE = 16_384
const MOST_AREA = 64_000_000
/** Below it nobody reads the names. */
const LEAST_SCALE = 0.5

/** The scale wanted, or the largest that a canvas can have; undefined where nobody could read it any more. */
export function pngScale(width: number, height: number, wanted: number): number | undefined {
  const scale = Math.min(
    wanted,
    MOST_SIDE / Math.max(1, width, height),
    Math.sqrt(MOST_AREA / Math.max(1, width * height)),
  )
  return scale < Math.min(wanted, LEAST_SCALE) ? undefined : scale
}

/**
 * A PNG of a picture, `scale` pixels to one of the SVG or fewer where that would be too large. An SVG with the theme
 * `auto` comes out as the system prefers. The error is a sentence for the user.
 */
export async function pngOf(svg: string, scale: number): Promise<Result<Png, string>> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = await loadedImage(address)
    if (image === undefined) return failed('The browser could not draw the picture.')
    const { naturalWidth, naturalHeight } = image
    const fitting = pngScale(naturalWidth, naturalHeight, scale)
    if (fitting === undefined)
      return failed(
        `The picture is ${naturalWidth} × ${naturalHeight} pixels, too large for a PNG: take the SVG, or filter.`,
      )
    const canvas = document.createElement('canvas')
    canvas.width = Math.floor(naturalWidth * fitting)
    canvas.height = Math.floor(naturalHeight * fitting)
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/png'))
    if (blob === null) return failed('The browser has not enough memory for the PNG: take the SVG.')
    return ok({ blob, width: canvas.width, height: canvas.height })
  } finally {
    URL.revokeObjectURL(address)
  }
}

function loadedImage(address: string): Promise<HTMLImageElement | undefined> {
  return new Promise(resolve => {
    const image = new Image()
    image.onload = () => resolve(image)
    image.onerror = () => resolve(undefined)
    image.src = address
  })
}
