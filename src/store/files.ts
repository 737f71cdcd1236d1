import type { Scenario, ScenarioFile } from '../model/scenario.ts'

/** `wanted`, or `wanted-2`, `wanted-3`, … with the extension kept, so that names stay unique. */
export function freeName(files: readonly ScenarioFile[], wanted: string): string {
  const taken = new Set(files.map(file => file.name))
  if (!taken.has(wanted)) return wanted
  const dot = wanted.lastIndexOf('.')
  const [stem, extension] = dot > 0 ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, '']
  for (let n = 2; ; n++) {
    const name = `${stem}-${n}${extension}`
    if (!taken.has(name)) return name
  }
}

/** Incoming files replace those of the same name and follow the others. Of two incoming with one name both stay. */
export function mergeFiles(
  files: readonly ScenarioFile[],
  incoming: readonly ScenarioFile[],
): readonly ScenarioFile[] {
  const unique: ScenarioFile[] = []
  for (const { name, text } of incoming) unique.push({ name: freeName(unique, name), text })
  const replacing = new Map(unique.map(file => [file.name, file]))
  const kept = files.map(file => replacing.get(file.name) ?? file)
  const names = new Set(files.map(file => file.name))
  return [...kept, ...unique.filter(file => !names.has(file.name))]
}

export function charactersOf({ files }: Scenario): number {
  return files.reduce((sum, { text }) => sum + text.length, 0)
}
