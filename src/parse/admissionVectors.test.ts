import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ScenarioFile } from '../model/scenario.ts'
import type { Admission } from './admission.ts'
import { admit, objectsOf } from './admission.ts'
import { isSyntaxProblem, readDocuments, readPiece } from './documents.ts'
import { parseManifests } from './manifests.ts'
import { messageOf, severityOf } from './messages.ts'
import { admitObjects } from './rawObjects.ts'
import type { Issue } from './shapes.ts'
import { plainValue } from './tree.ts'

interface Outcome {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

interface StoredObject {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object }
  readonly spec: unknown
}

interface Case {
  readonly id: string
  readonly format: 'yaml' | 'json'
  readonly manifest: string
  readonly apply: Readonly<Record<string, Outcome>>
  readonly create?: Outcome
  readonly stored?: StoredObject | readonly StoredObject[]
}

interface Scalar {
  readonly yaml: string
  readonly json: unknown
  readonly error?: string
}

const path = join(import.meta.dirname, '../testing/vectors/kubernetes-admission.json')
const { cases, plainScalars } = JSON.parse(readFileSync(path, 'utf8')) as {
  readonly cases: readonly Case[]
  readonly plainScalars: readonly Scalar[]
}

/** Empty input is an error of the command, not of the text. */
const NOTHING_TO_APPLY = ['list-empty', 'empty-file', 'comment-only', 'null-doc']
/** Services take no part here and are not validated. */
const SERVICES = ['svc-name-digit', 'svc-selector-number']
/** Recorded against a published schema of servers up to 1.33; later ones accept (the vectors' own notes). */
const OLD_SCHEMA = ['list-missing', 'list-null-spec']
const NOT_REPRODUCED = new Set([...NOTHING_TO_APPLY, ...SERVICES, ...OLD_SCHEMA])

const RESOURCES: Readonly<Record<string, readonly [plural: string, group: string]>> = {
  NetworkPolicy: ['networkpolicies', 'networking.k8s.io'],
  Namespace: ['namespaces', ''],
  Pod: ['pods', ''],
}

const OPEN_API: Readonly<Record<string, string>> = {
  LabelSelector: 'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector',
  NetworkPolicyIngressRule: 'io.k8s.api.networking.v1.NetworkPolicyIngressRule',
  NetworkPolicySpec: 'io.k8s.api.networking.v1.NetworkPolicySpec',
  IPBlock: 'io.k8s.api.networking.v1.IPBlock',
}

interface Refusal {
  readonly text: string
  /** Of a refusal by validation: the form for when several objects fail. */
  readonly longText?: string
}

function bare(name: string): string {
  return name.slice(name.indexOf('/') + 1)
}

const WITHOUT_VALIDATION = 'if you choose to ignore these errors, turn validation off with --validate=false\n'

function notValid(file: string, errors: readonly string[]): string {
  const joined = errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`
  return `error: error validating "${file}": error validating data: ${joined}; ${WITHOUT_VALIDATION}`
}

/** What kubectl says about an object, as sections 1.3 – 1.4 and 3.8 of the specification put it. */
function refusal(file: string, admission: Admission, list: string | undefined): Refusal | undefined {
  const { kind, issues } = admission
  const errors = issues.filter(({ code }) => severityOf(code) === 'error')
  const first = errors[0]
  if (first === undefined) return undefined
  const message = ({ code, path, args }: Issue): string => messageOf(code, { path, ...args })
  const has = (code: string): Issue | undefined => errors.find(issue => issue.code === code)
  const [plural = '', group = ''] = RESOURCES[kind] ?? []
  const name = bare(admission.name)
  if (['kind-not-set', 'api-version-not-set', 'not-string-type'].includes(first.code))
    return { text: notValid(file, errors.map(message)) }
  if (first.code === 'not-an-object' || first.code === 'list-without-items')
    return { text: notValid(file, ['invalid object to validate']) }
  if (first.code === 'list-in-list')
    return { text: 'error: *unstructured.Unstructured is not a list: no Items field in this object\n' }
  if (first.code === 'unknown-version')
    return {
      text:
        `error: resource mapping not found for name: "${name}" namespace: "" from "${file}": no matches for kind ` +
        `"${first.args['kind']}" in version "${first.args['apiVersion']}"\nensure CRDs are installed first\n`,
    }
  if (has('name-required')) {
    const version = group === '' ? 'v1' : `${group}/v1`
    const resource = group === '' ? `/v1, Resource=${plural}` : `${version}, Resource=${plural}`
    const gvk = group === '' ? `/v1, Kind=${kind}` : `${version}, Kind=${kind}`
    return {
      text:
        `error: error when retrieving current configuration of:\nResource: "${resource}", GroupVersionKind: "${gvk}"\n` +
        `Name: "", Namespace: "${kind === 'Namespace' ? '' : 'default'}"\nfrom server for: "${file}": resource name may not be empty\n`,
    }
  }
  const generated = has('generate-name')
  if (generated)
    return { text: `error: from ${generated.args['name']}: cannot use generate name with apply\n` }
  const inList = list === undefined ? [] : schemaErrors(errors, list)
  if (inList.length > 0) return { text: notValid(file, inList) }
  const decoding = has('wrong-type')
  if (decoding) {
    const { found, struct, field, type } = decoding.args
    const json = `json: cannot unmarshal ${found} into Go struct field ${struct}.${field} of type ${type}\n`
    return /^metadata\.(name|namespace|labels|annotations)/.test(decoding.path)
      ? { text: `error: unable to decode "${file}": ${json}` }
      : { text: badRequest(file, kind) + json }
  }
  const unknown = errors.filter(({ code }) => code === 'unknown-field')
  if (unknown.length > 0) {
    const fields = unknown.map(issue => `unknown field "${issue.path}"`)
    return { text: `${badRequest(file, kind)}strict decoding error: ${fields.join(', ')}\n` }
  }
  const texts = [...new Set(errors.map(message))]
  const short = texts.length === 1 ? `${texts[0]}\n` : `\n${texts.map(text => `* ${text}\n`).join('')}`
  const long = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  const qualified = group === '' ? kind : `${kind}.${group}`
  return {
    text: `The ${kind} "${name}" is invalid: ${short}`,
    longText: `Error from server (Invalid): error when creating "${file}": ${qualified} "${name}" is invalid: ${long}\n`,
  }
}

function badRequest(file: string, kind: string): string {
  return `Error from server (BadRequest): error when creating "${file}": ${kind} in version "v1" cannot be handled as a ${kind}: `
}

/** R19: inside lists kubectl checks against the published schema. */
function schemaErrors(errors: readonly Issue[], list: string): readonly string[] {
  const texts = errors.flatMap(({ code, path, args }) => {
    const dot = path.lastIndexOf('.')
    const [parent, field] = [path.slice(0, Math.max(dot, 0)), path.slice(dot + 1)]
    const at = `${list}${parent === '' ? '' : `.${parent}`}`
    if (code === 'unknown-field')
      return [`ValidationError(${at}): unknown field "${field}" in ${OPEN_API[args['struct'] ?? '']}`]
    if (code === 'cidr-required')
      return [`ValidationError(${at}): missing required field "${field}" in ${OPEN_API['IPBlock']}`]
    if (code === 'wrong-type' && args['found'] === 'object' && String(args['type']).startsWith('[]'))
      return [
        `ValidationError(${list}.${path}): invalid type for ${OPEN_API[args['struct'] ?? '']}.${field}: got "map", expected "array"`,
      ]
    return []
  })
  return texts.sort()
}

function applied(kind: string, name: string): string {
  const group = RESOURCES[kind]?.[1] ?? ''
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${bare(name)} created\n`
}

/** The whole output of `kubectl apply -f`; `undefined` texts where the YAML parser's own words come in. */
function kubectlApply(file: ScenarioFile): { exit: number; stdout: string; stderr: string | undefined } {
  const { documents, problems } = readDocuments(file, readPiece)
  const broken = problems.find(({ code }) => isSyntaxProblem(code))
  const before = documents.filter(({ offset }) => broken === undefined || offset < broken.range.start)
  // A malformed separator also costs the document that it ends.
  if (broken?.code === 'yaml-separator') before.pop()
  const refusals: Refusal[] = []
  let [stdout, warnings] = ['', '']
  for (const { document: tree, offset } of before) {
    // A document that fails to parse brings no objects; one behind the error is never reached.
    if (broken !== undefined && offset + tree.range.end > broken.range.start) continue
    const { objects, issues } = objectsOf(tree)
    for (const { issue } of issues) {
      const text = refusal(file.name, { kind: '', name: '', issues: [issue], unused: false }, undefined)
      if (text) refusals.push(text)
    }
    objects.forEach((object, i) => {
      const admission = admit(object.tree, object.inherited)
      const typed =
        object.inherited === undefined ? admission.kind : `${object.inherited.kind}List.items[${i}]`
      const refused = refusal(file.name, admission, object.tree === tree ? undefined : typed)
      if (refused) refusals.push(refused)
      else {
        stdout += applied(admission.kind, admission.name)
        for (const { code, path, args } of admission.issues)
          if (severityOf(code) === 'warning') warnings += `Warning: ${messageOf(code, { path, ...args })}\n`
      }
    })
  }
  const texts = refusals.map(({ text, longText }) => (refusals.length > 1 ? (longText ?? text) : text))
  const syntax = broken === undefined ? '' : syntaxError(file, broken.code, broken.args)
  return {
    exit: refusals.length > 0 || broken !== undefined ? 1 : 0,
    stdout,
    stderr: syntax === undefined ? undefined : warnings + texts.join('') + syntax,
  }
}

function syntaxError(
  file: ScenarioFile,
  code: string,
  args: Readonly<Record<string, string | number>>,
): string | undefined {
  const error = `error: error parsing ${file.name}: `
  switch (code) {
    case 'yaml-separator':
      return `${error}invalid Yaml document separator: ${args['rest']}\n`
    case 'yaml-not-finite':
      return `${error}error converting YAML to JSON: json: unsupported value: ${args['value']}\n`
    case 'yaml-unknown-anchor':
      return `${error}error converting YAML to JSON: yaml: unknown anchor '${args['anchor']}' referenced\n`
    default:
      return undefined
  }
}

describe('kubectl apply', () => {
  const run = cases.filter(({ id }) => !NOT_REPRODUCED.has(id))

  test('all but eight cases are run', () => {
    expect(cases.length).toBe(229)
    expect(run.length).toBe(221)
  })

  for (const { id, format, manifest, apply } of run)
    test(id, () => {
      const real = apply['1.36']
      const file = { name: `manifest.${format}`, text: manifest }
      const ours = kubectlApply(file)
      expect(ours).toEqual({ ...real, stderr: ours.stderr === undefined ? undefined : real?.stderr })
      const { diagnostics, usable } = parseManifests([file])
      expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(real?.exit !== 0)
      if (real?.exit === 0) expect(usable).toBe(true)
    })

  test('only the words of the YAML parser are not compared', () => {
    const open = run.filter(
      ({ format, manifest }) =>
        kubectlApply({ name: `manifest.${format}`, text: manifest }).stderr === undefined,
    )
    expect(open.map(({ id }) => id)).toEqual([
      'multi-syntax',
      'multi-first-syntax',
      'tab-indent',
      'bad-indent',
      'unclosed',
      'no-space-colon',
      'complex-key',
      'yaml-directive',
    ])
  })
})

describe('kubectl create without a name', () => {
  for (const { id, format, manifest, create } of cases)
    if (create !== undefined)
      test(id, () => {
        const { diagnostics } = parseManifests([{ name: `manifest.${format}`, text: manifest }])
        const kind = /kind: (\w+)/.exec(manifest)?.[1]
        const texts = diagnostics.map(({ message }) => `The ${kind} "" is invalid: ${message}\n`)
        expect(texts).toEqual([create.stderr])
      })
})

describe('the stored object', () => {
  for (const { id, format, manifest, stored } of cases) {
    if (stored === undefined || stored === null) continue
    test(id, () => {
      const file = { name: `manifest.${format}`, text: manifest }
      const { cluster } = parseManifests([file])
      const expected = Array.isArray(stored) ? (stored as readonly StoredObject[]) : [stored as StoredObject]
      const policies = expected.filter(({ kind }) => kind === 'NetworkPolicy')
      const namespaces = expected.filter(({ kind }) => kind === 'Namespace')
      expect(cluster.policies).toEqual(
        policies.map(({ metadata: { name, namespace }, spec }) => ({ namespace, name, spec })),
      )
      expect(cluster.namespaces).toEqual(
        namespaces.map(({ metadata: { name, labels } }) => ({ name, labels })),
      )
      const objects = readDocuments(file, readPiece).documents.map(({ document }) => plainValue(document))
      expect(admitObjects(objects).cluster).toEqual(cluster)
    })
  }
})

describe('plain scalars', () => {
  test('there are 78', () => expect(plainScalars.length).toBe(78))

  for (const { yaml, json, error } of plainScalars)
    test(JSON.stringify(yaml), () => {
      const { documents, problems } = readDocuments({ name: 'x.yaml', text: `a:\n  b: ${yaml}\n` }, readPiece)
      if (error !== undefined) expect(problems.length).toBe(1)
      else expect(documents.map(({ document }) => plainValue(document))).toEqual([{ a: { b: json } }])
    })
})
