import { expect, test, vi } from 'vitest'
import { scenarioFixture } from '../testing/analysisFixture.ts'
import { createLinkEncoder, type LinkWorker } from './linkEncoder.ts'

function workers() {
  const made: (LinkWorker & { readonly asked: string[]; ended: boolean })[] = []
  const create = (): LinkWorker => {
    const worker = {
      asked: [] as string[],
      ended: false,
      onmessage: null,
      onerror: null,
      postMessage: ({ name }: { readonly name: string }) => void worker.asked.push(name),
      terminate: () => {
        worker.ended = true
      },
    }
    made.push(worker)
    return worker
  }
  return { made, create }
}

const named = (name: string) => scenarioFixture('text', { name })

test('one worker, started by the first question, answers in order', async () => {
  const { made, create } = workers()
  const encode = createLinkEncoder(create)
  expect(made).toHaveLength(0)
  const answers = [encode(named('a')), encode(named('b'))]
  expect(made.map(({ asked }) => asked)).toEqual([['a', 'b']])
  made[0]?.onmessage?.({ data: 'v1=a' })
  made[0]?.onmessage?.({ data: 'v1=b' })
  expect(await Promise.all(answers)).toEqual(['v1=a', 'v1=b'])
})

test('where no worker can be started the question is answered, and the next one tries again', async () => {
  const { made, create } = workers()
  const createOnce = vi.fn(create).mockImplementationOnce(() => {
    throw new Error('refused')
  })
  const encode = createLinkEncoder(createOnce)
  expect(await encode(named('a'))).toBeUndefined()
  const next = encode(named('b'))
  made[0]?.onmessage?.({ data: 'v1=b' })
  expect(await next).toBe('v1=b')
})

test('a worker that fails leaves no question open, and the next one is asked of another', async () => {
  const { made, create } = workers()
  const encode = createLinkEncoder(create)
  const lost = [encode(named('a')), encode(named('b'))]
  made[0]?.onerror?.(undefined)
  expect(await Promise.all(lost)).toEqual([undefined, undefined])
  expect(made[0]?.ended).toBe(true)
  const next = encode(named('c'))
  made[0]?.onmessage?.({ data: 'too late' })
  made[1]?.onmessage?.({ data: 'v1=c' })
  expect(await next).toBe('v1=c')
})
