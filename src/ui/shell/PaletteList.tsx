import { Command, defaultFilter } from 'cmdk'
import { ACTION_GROUPS, type Action } from '../actions/action.ts'
import { EXAMPLE_CHOICES, openExample } from '../examples/exampleChoices.ts'

/** Below this the letters of the search stand so far apart that they are there by chance. */
const LEAST_SCORE = 0.15

/** What holds the words as they are comes before what has their letters near each other. */
function score(value: string, search: string, keywords: string[] = []): number {
  const text = `${value} ${keywords.join(' ')}`.toLowerCase()
  const held = search
    .toLowerCase()
    .trim()
    .split(/\s+/)
    .every(word => text.includes(word))
  const near = defaultFilter(value, search, keywords)
  if (held) return 1 + near
  return near < LEAST_SCORE ? 0 : near
}

/** Everything that can be done, and the examples, found by typing. */
export function PaletteList({
  actions,
  onChoose,
}: {
  readonly actions: readonly Action[]
  readonly onChoose: (choice: () => void) => void
}) {
  return (
    <Command label="Command palette" loop filter={score}>
      <Command.Input autoFocus placeholder="Do something, or open an example …" />
      <Command.List>
        <Command.Empty>Nothing of that name.</Command.Empty>
        {ACTION_GROUPS.map(group => (
          <Command.Group key={group} heading={group}>
            {actions
              .filter(action => action.group === group && action.id !== 'palette')
              .map(action => (
                <Command.Item
                  key={action.id}
                  value={`${action.name} ${group}`}
                  keywords={action.keywords?.split(' ') ?? []}
                  onSelect={() => onChoose(action.run)}
                >
                  {action.name}
                  {action.shortcut !== undefined && <kbd>{action.shortcut.label}</kbd>}
                </Command.Item>
              ))}
          </Command.Group>
        ))}
        <Command.Group heading="Examples">
          {EXAMPLE_CHOICES.map(choice => (
            <Command.Item
              key={choice.id}
              value={`${choice.name} example`}
              onSelect={() => onChoose(() => void openExample(choice))}
            >
              {choice.name}
            </Command.Item>
          ))}
        </Command.Group>
      </Command.List>
    </Command>
  )
}
