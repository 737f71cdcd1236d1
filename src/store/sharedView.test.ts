import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_GRAPH_VIEW } from '../graph/graphModel.ts'
import { createAppStore } from './appStore.ts'
import { EMPTY_PACKET } from './packet.ts'
import { looksOf, sharedViewOf } from './sharedView.ts'

const first = createAppStore().getState()

describe('what a link keeps of the view', () => {
  test('nothing at first', () => {
    expect(sharedViewOf(first)).toEqual({})
  })

  test('what is not as at first, and it comes back', () => {
    const looks = {
      graphView: {
        ...DEFAULT_GRAPH_VIEW,
        mode: 'focus' as const,
        subject: { kind: 'pod' as const, name: 'shop/web' },
        filter: { ...DEFAULT_GRAPH_VIEW.filter, traffic: '80/TCP', hideSystem: true },
      },
      packet: { ...EMPTY_PACKET, from: 'shop/web', to: '10.0.0.1' },
      selection: { kind: 'flow' as const, src: 'pod:shop/web', dst: 'outside' },
      view: { inspectorTab: 'explain' as const },
    }
    const shared = sharedViewOf(looks)
    expect(shared).toEqual({
      flow: {
        mode: 'focus',
        subject: { kind: 'pod', name: 'shop/web' },
        filter: { traffic: '80/TCP', hideSystem: true },
      },
      packet: { from: 'shop/web', to: '10.0.0.1' },
      selection: { kind: 'flow', src: 'pod:shop/web', dst: 'outside' },
      tab: 'explain',
    })
    expect(looksOf(JSON.parse(JSON.stringify(shared)) as object as typeof shared)).toEqual(looks)
  })

  test('anything can be read, and what makes no sense is as at first', () => {
    const areas = fc.constantFrom('flow', 'packet', 'selection', 'tab')
    fc.assert(
      fc.property(fc.dictionary(areas, fc.jsonValue()), shared => {
        const looks = looksOf(shared)
        expect(looksOf(sharedViewOf(looks))).toEqual(looks)
      }),
    )
    expect(looksOf({ flow: { mode: 'x', filter: 7, subject: [] }, packet: { srcPort: 1e9 } })).toEqual(
      looksOf({}),
    )
  })
})
