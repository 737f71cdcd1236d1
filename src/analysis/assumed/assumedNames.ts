import type { Labels } from '../../model/labels.ts'
import { labelKeys } from '../../model/labels.ts'

/** Labels that usually hold what a thing is called, the most telling first. */
const TELLING = [
  'app.kubernetes.io/name',
  'app',
  'k8s-app',
  'name',
  'kubernetes.io/metadata.name',
  'app.kubernetes.io/component',
  'component',
  'role',
  'tier',
  'team',
  'project',
  'env',
  'environment',
]

/** Values that say nothing without their key. */
const MUTE = /^(?:|true|false|yes|no|on|off|enabled|disabled|any|some|x|[0-9.]+)$/

/**
 * Readable DNS labels for a thing with these labels, best first, without end: `web` for app=web, `web-front` where
 * that is taken and tier=front too, then `web-2`. `fallback` is for things without labels.
 */
export function* namesFor(labels: Labels, fallback: string): Generator<string> {
  const keys = labelKeys(labels)
  const words = tellingFirst(keys)
    .map(key => word(key, labels[key] ?? ''))
    .filter(name => name !== '')
  const [first = fallback] = words
  yield first
  for (let used = 2; used <= words.length; used++) {
    const name = words.slice(0, used).join('-')
    if (name.length <= 50) yield name
  }
  if (keys.length === 1) {
    const [key = ''] = keys
    const long = dnsLabel(`${lastPart(key)}-${labels[key] ?? ''}`)
    if (long !== first && long.length <= 50) yield long
  }
  for (let number = 2; ; number++) yield `${first}-${number}`
}

/** The keys that usually say what a thing is called before the others. */
export function tellingFirst(keys: readonly string[]): readonly string[] {
  return [...TELLING.filter(key => keys.includes(key)), ...keys.filter(key => !TELLING.includes(key))]
}

function word(key: string, value: string): string {
  if (MUTE.test(value)) return dnsLabel(/^[0-9.]+$/.test(value) ? `${lastPart(key)}-${value}` : lastPart(key))
  return dnsLabel(value)
}

/** `example.com/team` → `team` */
function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1)
}

function dnsLabel(text: string): string {
  return text
    .slice(0, 50)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
