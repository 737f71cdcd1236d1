import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { failed, ok } from '../model/result.ts'
import type { Scenario } from '../model/scenario.ts'
import { scenarioFixture } from '../testing/analysisFixture.ts'
import { createAppStore } from './appStore.ts'
import { startAutosave } from './autosave.ts'
import { loadWork, saveWork, type WorkStorage } from './savedWork.ts'
import { openFirst, startUrlSync, type AddressBar, type LinkCodec } from './urlSync.ts'

const codec: LinkCodec = {
  encode: ({ view = {}, ...scenario }) =>
    scenario.files[0]?.text === 'huge'
      ? ''
      : encodeURIComponent(JSON.stringify(Object.keys(view).length > 0 ? { ...scenario, view } : scenario)),
  decode: fragment => {
    try {
      return ok(JSON.parse(decodeURIComponent(fragment)) as Scenario)
    } catch {
      return failed({ message: 'This link is incomplete.' })
    }
  },
}

const EXAMPLE = scenarioFixture('example', { name: 'the example' })

function memoryStorage(): WorkStorage {
  const items = new Map<string, string>()
  return {
    getItem: key => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: key => void items.delete(key),
  }
}

function memoryAddress(first = '', mine = false) {
  let fragment = first
  let mark = mine
  let listener: (() => void) | undefined
  const address: AddressBar = {
    fragment: () => fragment,
    mine: () => mark,
    replace: (next, nextMark) => {
      fragment = next
      mark = nextMark
    },
    onChange: next => {
      listener = next
      return () => {
        listener = undefined
      }
    },
  }
  const visit = (next: string): void => {
    fragment = next
    mark = false
    listener?.()
  }
  return { address, visit }
}

function open(first = '', storage = memoryStorage(), mine = false) {
  const store = createAppStore()
  const { address, visit } = memoryAddress(first, mine)
  openFirst(store, address, codec, storage, EXAMPLE)
  const sync = startUrlSync(store, address, codec)
  const autosave = startAutosave(store, storage)
  return { store, address, visit, storage, sync, autosave }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('what the page opens with', () => {
  test('nothing given: the example, and the address bar holds it', () => {
    const { store, address } = open()
    expect(store.getState().scenario).toEqual(EXAMPLE)
    expect(store.getState().past).toEqual([])
    vi.advanceTimersByTime(500)
    expect(codec.decode(address.fragment())).toEqual(ok(EXAMPLE))
  })

  test('work saved in the browser', () => {
    const storage = memoryStorage()
    saveWork(storage, 'work', scenarioFixture('saved'))
    const { store } = open('', storage)
    expect(store.getState().scenario.files[0]?.text).toBe('saved')
    expect(store.getState().provenance).toBe('own')
  })

  test('a link, with the saved work on offer and never written over', () => {
    const storage = memoryStorage()
    saveWork(storage, 'work', scenarioFixture('saved'))
    const { store } = open(codec.encode(scenarioFixture('linked')), storage)
    expect(store.getState().scenario.files[0]?.text).toBe('linked')
    expect(store.getState().ownWork?.files[0]?.text).toBe('saved')
    store.getState().setText('a.yaml', 'linked, edited')
    vi.advanceTimersByTime(2000)
    expect(loadWork(storage, 'work')?.files[0]?.text).toBe('saved')
  })

  test('a reload of own work is own work still', () => {
    const storage = memoryStorage()
    const { store } = open(codec.encode(scenarioFixture('mine')), storage, true)
    expect(store.getState().provenance).toBe('own')
    store.getState().setText('a.yaml', 'mine, edited')
    vi.advanceTimersByTime(300)
    expect(loadWork(storage, 'work')?.files[0]?.text).toBe('mine, edited')
  })

  test('a broken link says why, leaves example and address alone until the first change', () => {
    const { store, address } = open('%7Bbroken')
    expect(store.getState().linkProblem).toBe('This link is incomplete.')
    expect(store.getState().scenario).toEqual(EXAMPLE)
    vi.advanceTimersByTime(5000)
    expect(address.fragment()).toBe('%7Bbroken')
    store.getState().setText('a.yaml', 'new')
    vi.advanceTimersByTime(500)
    expect(codec.decode(address.fragment()).ok).toBe(true)
  })
})

describe('the view', () => {
  test('is in the address bar, and a link that says how to look at it is opened so', () => {
    const first = open()
    first.store.getState().setView({ inspectorTab: 'ipsets' })
    first.store.getState().select({ kind: 'policy', key: 'x/p' })
    vi.advanceTimersByTime(500)
    const second = open(first.address.fragment())
    expect(second.store.getState()).toMatchObject({
      scenario: EXAMPLE,
      selection: { kind: 'policy', key: 'x/p' },
      view: { inspectorTab: 'ipsets' },
    })
    expect(second.store.getState().scenario).not.toHaveProperty('view')
  })

  test('another look at the same scenario opens without taking anything away', () => {
    const { store, visit } = open()
    const { scenario, revision } = store.getState()
    visit(codec.encode({ ...scenario, view: { tab: 'explain' } }))
    expect(store.getState()).toMatchObject({ revision, view: { inspectorTab: 'explain' } })
  })
})

describe('while the page is open', () => {
  test('a long text waits for a longer pause', () => {
    const { store, address } = open()
    store.getState().setText('a.yaml', `#${' '.repeat(199_999)}`)
    vi.advanceTimersByTime(999)
    expect(address.fragment()).not.toContain('%23')
    vi.advanceTimersByTime(1)
    expect(address.fragment()).toContain('%23')
  })

  describe('a long text is packed elsewhere', () => {
    const LONG = `# ${'x'.repeat(30_000)}\n`
    function openApart() {
      const store = createAppStore()
      const { address } = memoryAddress()
      openFirst(store, address, codec, memoryStorage(), EXAMPLE)
      const asked: ((fragment: string | undefined) => void)[] = []
      const encode = vi.fn(codec.encode)
      const encodeApart = vi.fn(() => new Promise<string | undefined>(resolve => asked.push(resolve)))
      const sync = startUrlSync(store, address, { ...codec, encode, encodeApart })
      vi.advanceTimersByTime(1000)
      store.getState().setText('a.yaml', LONG)
      vi.advanceTimersByTime(1000)
      encode.mockClear()
      return { store, address, sync, asked, encode, encodeApart }
    }

    test('its answer is what the address bar holds', async () => {
      const { address, asked, encode } = openApart()
      asked[0]?.('v1=long')
      await vi.advanceTimersByTimeAsync(0)
      expect(address.fragment()).toBe('v1=long')
      expect(encode).not.toHaveBeenCalled()
    })

    test('an answer about a text that changed since is dropped', async () => {
      const { store, address, asked, encodeApart } = openApart()
      const before = address.fragment()
      store.getState().setText('a.yaml', `${LONG}a`)
      asked[0]?.('v1=old')
      await vi.advanceTimersByTimeAsync(0)
      expect(address.fragment()).toBe(before)
      await vi.advanceTimersByTimeAsync(1000)
      expect(encodeApart).toHaveBeenCalledTimes(2)
      asked[1]?.('v1=new')
      await vi.advanceTimersByTimeAsync(0)
      expect(address.fragment()).toBe('v1=new')
    })

    test('who leaves the page meanwhile has the link all the same', () => {
      const { store, address, sync } = openApart()
      sync.flush()
      expect(codec.decode(address.fragment())).toMatchObject({
        value: { name: store.getState().scenario.name },
      })
      expect(decodeURIComponent(address.fragment())).toContain('xxxx')
    })

    test('where that fails the page does it itself', async () => {
      const { address, asked, encode } = openApart()
      asked[0]?.(undefined)
      await vi.advanceTimersByTimeAsync(0)
      expect(encode).toHaveBeenCalledTimes(1)
      expect(decodeURIComponent(address.fragment())).toContain('xxxx')
    })

    test('what no link can hold is not packed at all', () => {
      const { store, address, encode, encodeApart } = openApart()
      encodeApart.mockClear()
      store.getState().setText('a.yaml', `# ${'x'.repeat(3_000_000)}`)
      vi.advanceTimersByTime(20_000)
      expect(address.fragment()).toBe('')
      expect(encode).not.toHaveBeenCalled()
      expect(encodeApart).not.toHaveBeenCalled()
    })
  })

  test('the address bar follows after a pause, and at once when the page is left', () => {
    const { store, address, sync } = open()
    store.getState().setText('a.yaml', 'typed')
    vi.advanceTimersByTime(499)
    expect(address.fragment()).not.toContain('typed')
    vi.advanceTimersByTime(1)
    expect(address.fragment()).toContain('typed')
    store.getState().setText('a.yaml', 'last words')
    sync.flush()
    expect(address.fragment()).toContain(encodeURIComponent('last words'))
    expect(address.mine()).toBe(true)
  })

  test('a scenario too large for a link leaves no link of another one', () => {
    const { store, address } = open()
    vi.advanceTimersByTime(500)
    store.getState().setText('a.yaml', 'huge')
    vi.advanceTimersByTime(500)
    expect(address.fragment()).toBe('')
  })

  test('a link opened in this tab keeps what was typed a moment ago', () => {
    const { store, visit } = open()
    store.getState().setText('a.yaml', 'precious')
    visit(codec.encode(scenarioFixture('linked')))
    expect(store.getState().scenario.files[0]?.text).toBe('linked')
    expect(store.getState().ownWork?.files[0]?.text).toBe('precious')
    store.getState().undo()
    expect(store.getState().scenario.files[0]?.text).toBe('precious')
  })

  test('a broken link opened in this tab takes nothing away', () => {
    const { store, visit } = open()
    store.getState().setText('a.yaml', 'precious')
    visit('%7B')
    expect(store.getState().scenario.files[0]?.text).toBe('precious')
    expect(store.getState().linkProblem).toBe('This link is incomplete.')
  })

  test('back from a broken link to work that never left: it is still own, and nothing is told', () => {
    const { store, visit } = open()
    store.getState().setText('a.yaml', 'mine')
    vi.advanceTimersByTime(600)
    const own = codec.encode(store.getState().scenario)
    visit('%%%')
    visit(own)
    expect(store.getState().provenance).toBe('own')
    expect([store.getState().linkProblem, store.getState().ownWork]).toEqual([undefined, undefined])
  })

  test('dismissing what is said of a broken link puts the scenario back into the address bar', () => {
    const { store, address, visit } = open()
    vi.advanceTimersByTime(600)
    visit('%%%')
    store.getState().setLinkProblem(undefined)
    vi.advanceTimersByTime(600)
    expect(address.fragment()).toBe(codec.encode(store.getState().scenario))
  })

  test('going back to one’s own work makes it own again', () => {
    const { store, visit } = open()
    store.getState().setText('a.yaml', 'precious')
    const mine = codec.encode(store.getState().scenario)
    visit(codec.encode(scenarioFixture('linked')))
    visit(mine)
    expect(store.getState().provenance).toBe('own')
    expect(store.getState().ownWork).toBeUndefined()
  })

  test('the page’s own writing is not taken for a link', () => {
    const { store, address, visit } = open()
    store.getState().setText('a.yaml', 'typed')
    vi.advanceTimersByTime(500)
    const { revision } = store.getState()
    visit(address.fragment())
    expect(store.getState().revision).toBe(revision)
  })
})
