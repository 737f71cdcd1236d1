import { failed, ok, type Result } from '../../model/result.ts'
import { appStore } from '../../store/appStore.ts'
import { copyText, downloadBlob } from '../clipboard.ts'
import { pictureKey, seenPicture } from '../flow/seenPicture.ts'
import { fileStem } from './share.ts'

type Form = 'svg' | 'png' | 'mermaid' | 'dot'

/** A way to take the picture along. */
export interface PictureExport {
  readonly id: string
  readonly name: string
  readonly about: string
  readonly run: () => void
}

const FORMS: readonly {
  readonly form: Form
  readonly name: string
  readonly ending: string
  readonly about: string
}[] = [
  {
    form: 'svg',
    name: 'SVG',
    ending: 'svg',
    about: 'Sharp at any size, light or dark as its reader prefers.',
  },
  { form: 'png', name: 'PNG', ending: 'png', about: 'For chats and slides, in the theme of this page.' },
  { form: 'mermaid', name: 'Mermaid', ending: 'mmd', about: 'GitHub draws it in Markdown.' },
  { form: 'dot', name: 'dot', ending: 'dot', about: 'For Graphviz.' },
]

const PNG_SCALE = 2

/** The picture as it is seen, moved nodes included, as a file; the menu and the palette show these tables. */
export const PICTURE_DOWNLOADS: readonly PictureExport[] = FORMS.map(({ form, name, ending, about }) => ({
  id: `download-${form}`,
  name: `Download the picture as ${name}`,
  about,
  run: () => void save(form, ending),
}))

/** The same in the clipboard. */
export const PICTURE_COPIES: readonly PictureExport[] = FORMS.map(({ form, name, about }) => ({
  id: `copy-${form}`,
  name: `Copy the picture as ${name}`,
  about,
  run: () => void copy(form, name),
}))

async function save(form: Form, ending: string): Promise<void> {
  const made = await written(form)
  if (made.ok) downloadBlob(`${fileStem()}.${ending}`, made.value)
  else appStore.getState().tell({ tone: 'problem', text: made.error })
}

async function copy(form: Form, name: string): Promise<void> {
  const { tell } = appStore.getState()
  const made = await written(form)
  if (!made.ok) return tell({ tone: 'problem', text: made.error })
  const copied = form === 'png' ? await copyImage(made.value) : await copyText(await made.value.text())
  tell(
    copied
      ? { tone: 'success', text: `Picture copied as ${name}` }
      : { tone: 'problem', text: 'Failed: the browser refused the clipboard. Download it instead.' },
  )
}

/** False where the browser cannot hold images in the clipboard. */
async function copyImage(blob: Blob): Promise<boolean> {
  try {
    await navigator.clipboard.write([new ClipboardItem({ [blob.type]: blob })])
    return true
  } catch {
    return false
  }
}

/** The writers come when they are first needed. The error is a sentence for the user. */
async function written(form: Form): Promise<Result<Blob, string>> {
  const { drawn, moved, scenario } = appStore.getState()
  if (drawn === undefined || drawn.picture.model.nodes.length === 0) return failed('There is no picture yet.')
  const picture = seenPicture(drawn.picture, moved.get(pictureKey(drawn.view)))
  const { name } = scenario
  switch (form) {
    case 'svg': {
      const { pictureSvg } = await import('./picture.ts')
      return ok(new Blob([pictureSvg(picture, { name, theme: 'auto' })], { type: 'image/svg+xml' }))
    }
    case 'png': {
      const { pictureSvg, pngOf } = await import('./picture.ts')
      const png = await pngOf(pictureSvg(picture, { name, theme: themeOfPage() }), PNG_SCALE)
      return png.ok ? ok(png.value.blob) : png
    }
    case 'mermaid': {
      const { graphMermaid } = await import('../../graph/mermaid.ts')
      return ok(new Blob([graphMermaid(picture.model)], { type: 'text/plain' }))
    }
    case 'dot': {
      const { graphDot } = await import('../../graph/dot.ts')
      return ok(new Blob([graphDot(picture.model)], { type: 'text/plain' }))
    }
  }
}

function themeOfPage(): 'light' | 'dark' | 'contrast' {
  const { theme } = document.documentElement.dataset
  return theme === 'dark' || theme === 'contrast' ? theme : 'light'
}
