import { useEffect, useState } from 'react'
import type { PacketQuestion } from '../../model/packetTrace.ts'
import type { PacketAnswered } from '../../store/packet.ts'
import { useAnalysisClient } from '../session.ts'
import { useAppStore } from '../useApp.ts'

/** The answer to a question that nobody follows; while a newer one is made the older stays. */
export function usePacketAnswer(question: PacketQuestion): PacketAnswered | undefined {
  const client = useAnalysisClient()
  const revision = useAppStore(state => state.picture?.revision)
  const [answered, setAnswered] = useState<PacketAnswered | undefined>()
  const key = JSON.stringify(question)
  useEffect(() => {
    let current = true
    const asked = JSON.parse(key) as PacketQuestion
    void client.ask('packet', { question: asked }).then(response => {
      if (current && response !== undefined)
        setAnswered({ revision: response.revision, question: asked, answer: response.answer })
    })
    return () => {
      current = false
    }
  }, [client, key, revision])
  return answered !== undefined && JSON.stringify(answered.question) === key ? answered : undefined
}
