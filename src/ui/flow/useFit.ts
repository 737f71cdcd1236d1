import { useReactFlow, type Viewport } from '@xyflow/react'
import { useCallback, useEffect, useRef, type RefObject } from 'react'
import type { Rect } from '../../model/picture.ts'

export const LEAST_ZOOM = 0.1
const MOST_FIT_ZOOM = 1.1
const MARGIN = 18

/**
 * Fits the extent into the wrapper whenever `structure` changes, and when the wrapper's size does as long as the reader
 * has not moved the view (`touch`). Edits that keep the structure leave the view alone.
 */
export function useFit(
  wrapper: RefObject<HTMLDivElement | null>,
  extent: Rect | undefined,
  structure: string,
): { readonly touch: () => void } {
  const { setViewport, viewportInitialized } = useReactFlow()
  const fitted = useRef('')
  const touched = useRef(false)
  useEffect(() => {
    const box = wrapper.current
    if (box === null || extent === undefined || !viewportInitialized) return
    let size = `${box.clientWidth} ${box.clientHeight}`
    const fit = () => {
      // A pane that is hidden on a narrow screen has no size until it is shown.
      if (box.clientWidth === 0 || box.clientHeight === 0) return
      fitted.current = structure
      touched.current = false
      void setViewport(viewportFor(extent, box.clientWidth, box.clientHeight))
    }
    if (fitted.current !== structure) fit()
    const observer = new ResizeObserver(() => {
      const now = `${box.clientWidth} ${box.clientHeight}`
      if (now !== size && (!touched.current || fitted.current !== structure)) fit()
      size = now
    })
    observer.observe(box)
    return () => observer.disconnect()
  }, [wrapper, structure, extent, setViewport, viewportInitialized])
  useEffect(
    () => () => {
      // A view that is mounted again starts at the origin.
      fitted.current = ''
    },
    [],
  )
  const touch = useCallback(() => {
    touched.current = true
  }, [])
  return { touch }
}

/** The extent in the middle, as large as it fits. */
function viewportFor(extent: Rect, width: number, height: number): Viewport {
  const fitting = Math.min((width - 2 * MARGIN) / extent.width, (height - 2 * MARGIN) / extent.height)
  const zoom = Math.max(LEAST_ZOOM, Math.min(MOST_FIT_ZOOM, fitting))
  return {
    zoom,
    x: width / 2 - (extent.x + extent.width / 2) * zoom,
    y: height / 2 - (extent.y + extent.height / 2) * zoom,
  }
}
