import { ImageDown } from 'lucide-react'
import { Menu } from '../widgets/Menu.tsx'
import { PICTURE_EXPORTS } from './exportPicture.ts'

/** Takes the picture along, as a file or in the clipboard. */
export function ExportMenu() {
  return (
    <Menu
      label="Export the picture"
      icon={<ImageDown size={15} aria-hidden />}
      opener="export"
      align="end"
      iconOnly
      title="Export the picture"
      items={PICTURE_EXPORTS.map(({ id, name, about, run }, i) => ({
        id,
        label: name,
        ...(id.startsWith('download') && { about }),
        apart: i > 0 && id.startsWith('copy') && PICTURE_EXPORTS[i - 1]?.id.startsWith('download') === true,
        run,
      }))}
    />
  )
}
