import { expect, test } from 'vitest'
import { trafficContains, trafficPoint } from '../../model/traffic.ts'
import { readVerdictCases } from '../../testing/verdictVectors.ts'
import { allowedTraffic } from './evaluate.ts'
import { isAllowed } from './isAllowed.ts'
import { prepareKubernetes } from './select.ts'

const cases = readVerdictCases()

test('the vectors are all there', () => {
  expect(cases.length).toBe(120)
  expect(cases.flatMap(({ probes }) => probes).length).toBe(18_000)
})

test.each(cases)('$name: Kubernetes’ answer to every probe', ({ cluster, probes }) => {
  const index = prepareKubernetes(cluster)
  const wrong = probes.filter(
    ({ src, dst, protocol, port, kubernetes }) =>
      trafficContains(allowedTraffic(index, src, dst), trafficPoint(protocol, port)) !== kubernetes,
  )
  expect(wrong.map(({ text }) => text)).toEqual([])
})

test.each(cases)('$name: the slow procedure’s answer to every probe', ({ cluster, probes }) => {
  const wrong = probes.filter(
    ({ src, dst, protocol, port, kubernetes }) => isAllowed(cluster, src, dst, protocol, port) !== kubernetes,
  )
  expect(wrong.map(({ text }) => text)).toEqual([])
})
