import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../model/connectivity.ts'
import type { Answer, PacketAnswer, PacketQuestion, PacketTrace, WalkedRule } from '../model/packetTrace.ts'
import { analysisFixture, scenarioFixture } from '../testing/analysisFixture.ts'
import type { AnalysisClient, AnswerTo } from './analysisClient.ts'
import { createAppStore } from './appStore.ts'
import { EMPTY_PACKET, followedTrace, graphSelection } from './packet.ts'
import { startPacketFollowing } from './packetFollowing.ts'
import { pinnedLinks } from './packetLinked.ts'

const pod = (name: string): Endpoint => ({
  kind: 'pod',
  id: `pod:shop/${name}`,
  namespace: 'shop',
  name,
  labels: {},
  address: 0,
  hostNetwork: false,
  assumed: false,
  isolated: { ingress: false, egress: false },
})
const ENDPOINTS: readonly Endpoint[] = [pod('web'), pod('db'), { kind: 'outside', id: 'outside', address: 0 }]

const step = (number: number, matched: boolean): WalkedRule => ({
  table: 'filter',
  chain: 'FORWARD',
  number,
  depth: 0,
  text: '',
  matched,
  matches: [],
  action: '',
  markBefore: 0,
  markAfter: 0,
})

function traceFixture(
  answer: Answer,
  steps: readonly WalkedRule[] = [step(1, false), step(2, true)],
): PacketTrace {
  return {
    packet: {
      src: { name: 'shop/web', address: 0, endpoint: 'pod:shop/web' },
      dst: { name: 'shop/db', address: 0, endpoint: 'pod:shop/db' },
      protocol: 6,
      label: 'TCP 80',
      ported: true,
      srcPort: 40000,
      dstPort: 80,
      state: 'NEW',
    },
    dataplane: { answer, reasons: [] },
    deviations: [],
    notes: [],
    hook: 'FORWARD',
    steps,
    mark: 0,
  }
}

/** The Packet tab open on a picture with three ends, and a worker that answers when the test says so. */
function setUp() {
  const store = createAppStore()
  const state = store.getState
  const asked: {
    readonly from: string
    readonly answer: (value: PacketAnswer | undefined) => Promise<void>
  }[] = []
  const ask: AnalysisClient['ask'] = (op, question) =>
    new Promise(resolve => {
      expect(op).toBe('packet')
      const answer = async (value: PacketAnswer | undefined): Promise<void> => {
        const revision = state().picture?.revision ?? 0
        resolve(value && ({ op, revision, answer: value } as unknown as AnswerTo<typeof op>))
        for (let i = 0; i < 5; i++) await Promise.resolve()
      }
      const { from } = (question as { readonly question?: PacketQuestion }).question ?? EMPTY_PACKET
      asked.push({ from, answer })
    })
  const analysed = (): void => {
    const { revision, scenario } = state()
    const chain = {
      name: 'FORWARD',
      rules: [1, 2].map(() => ({ matches: [], target: { kind: 'none' as const } })),
    }
    const analysis = analysisFixture({
      endpoints: ENDPOINTS,
      ruleset: { tables: [{ name: 'filter', chains: [chain] }], sets: [] },
    })
    state().receive({ revision, scenario, analysis, milliseconds: 1 })
  }
  state().load(scenarioFixture('one'), 'own')
  analysed()
  startPacketFollowing(store, { ask })
  state().setView({ inspectorTab: 'packet' })
  const answer = (value: PacketTrace | undefined): Promise<void> | undefined =>
    asked.at(-1)?.answer(value && { ok: true, value })
  return { state, asked, analysed, answer }
}

const FLOW = { kind: 'flow', src: 'pod:shop/web', dst: 'pod:shop/db' } as const

describe('the form', () => {
  test('clicks on the graph set the source and then the destination, and stay on the tab', () => {
    const { state } = setUp()
    state().followPacket()
    expect(state().picking).toBe('from')
    state().select({ kind: 'endpoint', id: 'pod:shop/web' })
    expect([state().packet.from, state().packet.to, state().picking]).toEqual(['shop/web', '', 'to'])
    state().select({ kind: 'endpoint', id: 'outside' })
    expect([state().packet.to, state().picking]).toEqual(['outside', undefined])
    state().select({ kind: 'endpoint', id: 'pod:shop/db' })
    expect([state().packet.from, state().packet.to, state().picking]).toEqual(['shop/db', 'outside', 'to'])
    expect(state().view.inspectorTab).toBe('packet')
  })

  test('a line of the graph sets both ends; anything else ends the picking', () => {
    const { state } = setUp()
    state().pickPacketEnd('to')
    state().select(FLOW)
    expect([state().packet.from, state().packet.to, state().picking]).toEqual([
      'shop/web',
      'shop/db',
      undefined,
    ])
    state().pickPacketEnd('to')
    state().select(undefined)
    expect([state().picking, state().packet.to]).toEqual([undefined, 'shop/db'])
  })

  test('typing the end that is picked ends the picking, typing the other does not', () => {
    const { state } = setUp()
    state().pickPacketEnd('to')
    state().askPacket({ from: 'x' })
    expect(state().picking).toBe('to')
    state().askPacket({ to: 'y' })
    expect(state().picking).toBeUndefined()
    state().swapPacket()
    expect([state().packet.from, state().packet.to]).toEqual(['y', 'x'])
  })

  test('following from another tab takes the selected flow along', () => {
    const { state } = setUp()
    state().setView({ inspectorTab: 'iptables' })
    state().select(FLOW)
    expect(state().packet.from).toBe('')
    state().followPacket()
    expect([state().view.inspectorTab, state().packet.from, state().packet.to]).toEqual([
      'packet',
      'shop/web',
      'shop/db',
    ])
  })
})

describe('answers', () => {
  const QUESTION = { from: 'shop/web', to: 'shop/db', traffic: '80/TCP' }

  test('nothing is asked until all three are there, and only the newest meanwhile', async () => {
    const { state, asked, answer } = setUp()
    state().askPacket({ from: 'a' })
    expect(asked).toHaveLength(0)
    state().askPacket(QUESTION)
    state().askPacket({ from: 'b' })
    state().askPacket({ from: 'c' })
    expect(asked).toHaveLength(1)
    await answer(traceFixture('allowed'))
    expect(state().packetAnswer).toBeUndefined()
    expect(asked.map(({ from }) => from)).toEqual(['shop/web', 'c'])
    await answer(traceFixture('blocked'))
    expect(state().packetAnswer?.question.from).toBe('c')
    expect(asked).toHaveLength(2)
  })

  test('an answer to a new question lights up its flow, one after an edit leaves the selection', async () => {
    const { state, analysed, answer } = setUp()
    state().askPacket(QUESTION)
    await answer(traceFixture('blocked'))
    expect(state().selection).toEqual(FLOW)
    expect(followedTrace(state())?.dataplane.answer).toBe('blocked')
    state().select({ kind: 'set', name: 's' })
    expect(followedTrace(state())).toBeUndefined()
    state().setText('a.yaml', 'two')
    analysed()
    await answer(traceFixture('allowed'))
    expect(state().selection).toEqual({ kind: 'set', name: 's' })
    expect(state().packetAnswer?.was).toBe('blocked')
    state().setText('a.yaml', 'three')
    analysed()
    await answer(traceFixture('allowed'))
    expect(state().packetAnswer?.was).toBeUndefined()
  })

  test('a worker that did not answer is asked again with the next picture', async () => {
    const { state, asked, analysed, answer } = setUp()
    state().askPacket(QUESTION)
    await answer(undefined)
    expect(asked).toHaveLength(1)
    state().setText('a.yaml', 'two')
    analysed()
    expect(asked).toHaveLength(2)
  })

  test('the way lights up in the rules; at a step its rule does, and the flow stays on the graph', async () => {
    const { state, answer } = setUp()
    state().askPacket(QUESTION)
    await answer(traceFixture('blocked'))
    expect([...pinnedLinks(state()).rules]).toEqual(['FORWARD 2'])
    state().goToPacketStep(0)
    expect(state().selection).toEqual({ kind: 'rule', chain: 'FORWARD', number: 1 })
    expect([...pinnedLinks(state()).rules]).toEqual(['FORWARD 1'])
    expect(graphSelection(state())).toEqual(FLOW)
    state().select({ kind: 'rule', chain: 'FORWARD', number: 2 })
    expect(graphSelection(state())).toEqual({ kind: 'rule', chain: 'FORWARD', number: 2 })
  })

  test('rules of a real node are none that the panes show: a step selects where it stems from', async () => {
    const { state, answer } = setUp()
    const origin = { resource: 'NetworkPolicy/shop/p', path: 'spec' }
    state().askPacket({ ...QUESTION, rules: 'node' })
    await answer(traceFixture('blocked', [step(1, true), { ...step(2, true), origin }]))
    expect([...pinnedLinks(state()).rules]).toEqual([])
    state().goToPacketStep(0)
    expect(state().selection).toEqual(FLOW)
    state().goToPacketStep(1)
    expect(state().selection).toEqual({ kind: 'origin', ...origin })
    expect(graphSelection(state())).toEqual(FLOW)
  })

  test('a new question forgets the step', async () => {
    const { state, answer } = setUp()
    state().askPacket(QUESTION)
    await answer(traceFixture('blocked'))
    state().goToPacketStep(1)
    state().askPacket({ traffic: '81/TCP' })
    expect(state().packetStep).toBeUndefined()
    await answer(traceFixture('blocked'))
    expect(state().selection).toEqual(FLOW)
  })
})
