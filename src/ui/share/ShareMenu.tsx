import { useEffect, useState } from 'react'
import { Share2 } from 'lucide-react'
import { Menu } from '../widgets/Menu.tsx'
import { copyLink, copyMarkdownLink, downloadYaml } from './share.ts'

export function ShareMenu() {
  const [outcome, setOutcome] = useState<string | undefined>()
  useEffect(() => {
    if (outcome === undefined) return
    const timer = setTimeout(() => setOutcome(undefined), 2000)
    return () => clearTimeout(timer)
  }, [outcome])
  const copy = (run: () => Promise<boolean>) => () =>
    void run().then(copied => setOutcome(copied ? 'Copied' : 'Failed'))
  return (
    <Menu
      label="Share"
      icon={<Share2 size={14} aria-hidden />}
      opener="share"
      align="end"
      primary
      outcome={outcome}
      items={[
        {
          id: 'link',
          label: 'Copy link',
          about: 'The link holds the whole scenario; nothing is uploaded.',
          run: copy(copyLink),
        },
        {
          id: 'markdown',
          label: 'Copy Markdown link',
          about: 'For a pull request or an issue.',
          run: copy(copyMarkdownLink),
        },
        { id: 'download', label: 'Download YAML', about: 'All files in one.', run: downloadYaml },
      ]}
    />
  )
}
