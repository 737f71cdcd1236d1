import { describe, expect, test } from 'vitest'
import { DEFAULT_GRAPH_VIEW } from '../graph/graphModel.ts'
import type { Endpoint } from '../model/connectivity.ts'
import type { NetworkPolicy } from '../model/networkPolicy.ts'
import { createAppStore } from './appStore.ts'
import { inMode, subjectOf, subjectsFor } from './graphSubject.ts'

const pod = (name: string, workload?: string): Endpoint => ({
  kind: 'pod',
  id: `pod:shop/${name}`,
  namespace: 'shop',
  name,
  labels: {},
  address: 1,
  hostNetwork: false,
  assumed: false,
  isolated: { ingress: false, egress: false },
  ...(workload !== undefined && { workload }),
})
const policy: NetworkPolicy = { namespace: 'shop', name: 'deny', spec: { policyTypes: ['Ingress'] } }
const analysis = {
  endpoints: [pod('web-1', 'Deployment/shop/web'), pod('web-2', 'Deployment/shop/web')],
  policies: [policy],
}

test('workloads, pods and namespaces may be in focus', () => {
  expect(subjectsFor('focus', analysis).map(({ text, about }) => `${text}: ${about}`)).toEqual([
    'shop/web: Deployment, 2 pods',
    'shop/web-1: pod',
    'shop/web-2: pod',
    'shop: namespace, 2 pods',
  ])
  expect(subjectsFor('policy', analysis).map(({ text }) => text)).toEqual(['shop/deny'])
})

test('a view is about what is selected, else about what it was, else about the first', () => {
  const flow = { kind: 'flow', src: 'pod:shop/web-1', dst: 'pod:shop/web-2' } as const
  expect(subjectOf('focus', flow, analysis)).toEqual({ kind: 'pod', name: 'shop/web-2' })
  const before = { kind: 'namespace', name: 'shop' } as const
  const view = { ...DEFAULT_GRAPH_VIEW, subject: before }
  expect(inMode(view, 'focus', undefined, analysis).subject).toEqual(before)
  expect(inMode(view, 'policy', undefined, analysis).subject).toEqual({ kind: 'policy', name: 'shop/deny' })
  const selected = { kind: 'origin', resource: 'NetworkPolicy/shop/other', path: 'spec' } as const
  expect(inMode(view, 'policy', selected, analysis).subject).toEqual({ kind: 'policy', name: 'shop/other' })
})

describe('views can be gone back to', () => {
  test('one step a change; a text typed into the search box is one', () => {
    const store = createAppStore()
    const { setGraphView, undoView, redoView } = store.getState()
    const search = (text: string) => setGraphView({ filter: { ...store.getState().graphView.filter, text } })
    setGraphView({ mode: 'matrix' })
    search('w')
    search('we')
    search('web')
    undoView()
    expect(store.getState().graphView).toEqual({ ...DEFAULT_GRAPH_VIEW, mode: 'matrix' })
    undoView()
    expect(store.getState().graphView).toEqual(DEFAULT_GRAPH_VIEW)
    undoView()
    redoView()
    redoView()
    expect(store.getState().graphView.filter.text).toBe('web')
    redoView()
    setGraphView({ mode: 'list' })
    expect(store.getState().viewFuture).toEqual([])
  })
})
