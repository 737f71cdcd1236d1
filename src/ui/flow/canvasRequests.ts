import { createStore } from 'zustand/vanilla'

/** What keys and buttons outside of the canvas ask of it; each request makes its number grow. */
export interface CanvasRequests {
  readonly fits: number
  /** How many steps nearer, and farther. */
  readonly nearer: number
  readonly farther: number
}

export const canvasRequests = createStore<CanvasRequests>()(() => ({ fits: 0, nearer: 0, farther: 0 }))

export function requestCanvas(what: keyof CanvasRequests): void {
  canvasRequests.setState(now => ({ ...now, [what]: now[what] + 1 }))
}
