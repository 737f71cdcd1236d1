import { useState } from 'react'
import { BookOpen, Contrast, FolderOpen, Keyboard, Monitor, Moon, Search, Server, Sun } from 'lucide-react'
import { PROFILE_IDS, type ProfileId } from '../../model/scenario.ts'
import { appStore } from '../../store/appStore.ts'
import { THEMES, type Theme } from '../../store/viewSettings.ts'
import { ACTIONS, runAction, shortcutOf } from '../actions.ts'
import { EXAMPLE_CHOICES, openExample } from '../examples/exampleChoices.ts'
import { pickFiles } from '../readFiles.ts'
import { ShareMenu } from '../share/ShareMenu.tsx'
import { useAppStore } from '../useApp.ts'
import { IconButton } from '../widgets/IconButton.tsx'
import { Menu } from '../widgets/Menu.tsx'
import { Dialogs } from './Dialogs.tsx'
import styles from './Header.module.css'

const PROFILE_NAMES: Readonly<Record<ProfileId, string>> = {
  'v1.4.45': 'azure-npm v1.4.45',
  'v1.8.11': 'azure-npm v1.8.11',
  head: 'azure-npm head',
}

const THEME_NAMES: Readonly<Record<Theme, string>> = {
  system: 'As the system',
  light: 'Light',
  dark: 'Dark',
  contrast: 'High contrast',
}

const THEME_ICONS: Readonly<Record<Theme, typeof Sun>> = {
  system: Monitor,
  light: Sun,
  dark: Moon,
  contrast: Contrast,
}

function Logo() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden className={styles.logo}>
      <rect width="32" height="32" rx="7" />
      <g fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round">
        <path d="M11.5 9.5H14c5 0 3 13 8 13h.5" />
        <path d="M11.5 22.5H14c2 0 2.8-1.6 3.4-3.6" strokeDasharray="2.2 3.6" />
      </g>
      <g fill="#fff">
        <circle cx="8" cy="9.5" r="3.3" />
        <circle cx="8" cy="22.5" r="3.3" />
        <circle cx="25" cy="22.5" r="3.3" />
      </g>
    </svg>
  )
}

function ScenarioName() {
  const name = useAppStore(state => state.scenario.name)
  const [draft, setDraft] = useState<string | undefined>()
  const finish = (): void => {
    if (draft !== undefined) appStore.getState().rename(draft.trim())
    setDraft(undefined)
  }
  return (
    <input
      className={styles.name}
      aria-label="Scenario name"
      data-opens="scenario-name"
      title={`Rename the scenario (${shortcutOf('rename') ?? ''})`}
      value={draft ?? name}
      size={Math.min(40, Math.max(8, (draft ?? name).length))}
      spellCheck={false}
      onChange={event => setDraft(event.target.value)}
      onBlur={finish}
      onKeyDown={event => {
        if (event.key === 'Escape') setDraft(undefined)
        if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur()
      }}
    />
  )
}

export function Header() {
  const profile = useAppStore(state => state.scenario.profile)
  const theme = useAppStore(state => state.view.theme)
  const ThemeIcon = THEME_ICONS[theme]
  return (
    <header className={styles.header}>
      <div className={styles.brand}>
        <Logo />
        <h1>Netpol Flow</h1>
      </div>
      <ScenarioName />
      <div className={styles.group}>
        <Menu
          label="Examples"
          icon={<BookOpen size={14} aria-hidden />}
          opener="examples"
          title={`Examples (${shortcutOf('examples') ?? ''})`}
          items={EXAMPLE_CHOICES.map(choice => ({
            id: choice.id,
            label: choice.name,
            about: choice.about,
            run: () => void openExample(choice),
          }))}
        />
        <button
          type="button"
          className={styles.button}
          title={`Import files (${shortcutOf('import') ?? ''}), or drop them anywhere`}
          onClick={pickFiles}
        >
          <FolderOpen size={14} aria-hidden />
          Import
        </button>
        <IconButton
          label="A node’s rules"
          shortcut={shortcutOf('paste-dump')}
          onClick={() => runAction('paste-dump')}
        >
          <Server size={15} />
        </IconButton>
      </div>
      <div className={styles.spring} />
      <label className={styles.profile}>
        <span>Data plane</span>
        <select
          value={profile}
          data-opens="profile"
          title={`The version whose rules are shown (${shortcutOf('profile') ?? ''})`}
          onChange={event => {
            const chosen = PROFILE_IDS.find(id => id === event.target.value)
            if (chosen !== undefined) appStore.getState().setProfile(chosen)
          }}
        >
          {PROFILE_IDS.map(id => (
            <option key={id} value={id}>
              {PROFILE_NAMES[id]}
            </option>
          ))}
        </select>
      </label>
      <div className={styles.group}>
        <Dialogs
          actions={ACTIONS}
          paletteIcon={<Search size={15} aria-hidden />}
          helpIcon={<Keyboard size={15} aria-hidden />}
        />
        <Menu
          label="Theme"
          icon={<ThemeIcon size={15} aria-hidden />}
          opener="theme"
          title={`Theme: ${THEME_NAMES[theme]} (${shortcutOf('theme') ?? ''})`}
          align="end"
          iconOnly
          items={THEMES.map(id => ({
            id,
            label: THEME_NAMES[id],
            checked: id === theme,
            run: () => appStore.getState().setView({ theme: id }),
          }))}
        />
        <ShareMenu />
      </div>
    </header>
  )
}
