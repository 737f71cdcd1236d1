import type { Diagnostic } from '../model/diagnostic.ts'
import type { Expectation } from '../model/expectation.ts'
import type { ResourceSource, TextRange } from '../model/origin.ts'
import type { UnusedResource } from '../model/protocol.ts'
import type { Stored } from './admission.ts'
import { admit, nameIn, objectsOf } from './admission.ts'
import { readExpectations } from './expectations.ts'
import type { FieldRanges, KnownPaths } from './fieldRanges.ts'
import { fieldRanges, resourceSource, templateSource, underline } from './fieldRanges.ts'
import type { MessageArgs, MessageCode } from './messages.ts'
import { messageOf, severityOf } from './messages.ts'
import type { DocumentObject } from './admission.ts'
import type { Issue } from './shapes.ts'
import type { Tree } from './tree.ts'

/**
 * One object of a document, or what is wrong with the document itself. It depends on the text of its piece alone:
 * ranges count from there, and `file` is empty.
 */
export interface ReadObject {
  readonly diagnostics: readonly Diagnostic[]
  /** It takes no part. */
  readonly unused?: UnusedResource
  readonly stored?: StoredObject
  readonly expectations?: readonly Expectation[]
}

export interface StoredObject extends Stored {
  readonly kind: string
  readonly name: string
  readonly nameRange: TextRange
  readonly source: ResourceSource
  /** Where the fields of its pods stand. */
  readonly podSource: ResourceSource
}

/** Admits the objects of a document. `known` gathers the paths of their fields. */
export function readObjects(document: Tree, known: KnownPaths): readonly ReadObject[] {
  const { objects, issues } = objectsOf(document)
  const ofDocument = issues.map(({ tree, issue }) => issueDiagnostic(issue, '', fieldRanges(tree)))
  const read = objects.map(object => readObject(object, known))
  return ofDocument.length === 0 ? read : [{ diagnostics: ofDocument }, ...read]
}

function readObject({ tree, inherited }: DocumentObject, known: KnownPaths): ReadObject {
  const own = readExpectations(tree, inherited)
  if (own !== undefined) {
    const { issues, expectations } = own
    const fields: FieldRanges = issues.length === 0 ? new Map() : fieldRanges(tree)
    return { diagnostics: issues.map(issue => issueDiagnostic(issue, '', fields)), expectations }
  }
  const { kind, name, issues, stored, unused } = admit(tree, inherited)
  if (unused) return { diagnostics: [], unused: { kind, name, file: '', range: tree.range } }
  const fields = issues.length === 0 ? undefined : fieldRanges(tree)
  const diagnostics = issues.map(issue =>
    issueDiagnostic(issue, name || nameIn(tree), fields ?? fieldRanges(tree)),
  )
  if (stored === undefined) return { diagnostics }
  const source = resourceSource(tree, known)
  const { templatePath } = stored
  const podSource = templatePath === undefined ? source : templateSource(source, templatePath, known)
  return { diagnostics, stored: { ...stored, kind, name, nameRange: nameRangeIn(tree), source, podSource } }
}

/** Of an object with a name; where that came through a merge key or is not a plain field, as for a message about it. */
function nameRangeIn(tree: Tree): TextRange {
  const metadata = tree.kind === 'map' ? tree.entries.get('metadata')?.value : undefined
  const name = metadata?.kind === 'map' ? metadata.entries.get('name')?.value : undefined
  return name === undefined ? underline(fieldRanges(tree), 'metadata.name', 'value') : name.range
}

export function diagnostic(code: MessageCode, args: MessageArgs, file: string, range: TextRange): Diagnostic {
  return { code, severity: severityOf(code), args, message: messageOf(code, args), file, range }
}

function issueDiagnostic(issue: Issue, resource: string, fields: FieldRanges): Diagnostic {
  const part = issue.code === 'unknown-field' ? 'key' : 'value'
  const range = underline(fields, issue.at ?? issue.path, part)
  return {
    ...diagnostic(issue.code, { path: issue.path, ...issue.args }, '', range),
    ...(resource !== '' && { resource }),
    path: issue.path,
  }
}
