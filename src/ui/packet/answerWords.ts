import type { Answer, PacketTrace } from '../../model/packetTrace.ts'

export const ANSWER_WORDS: Readonly<Record<Answer, string>> = {
  allowed: 'Allowed',
  blocked: 'Blocked',
  undefined: 'Left open',
  unknown: 'Unknown',
}

/** For a screen reader, once an answer is there. */
export function spokenAnswers(
  { kubernetes, dataplane, summary }: PacketTrace,
  dataplaneName: string,
): string {
  return [
    ...(kubernetes === undefined ? [] : [`Kubernetes promises: ${ANSWER_WORDS[kubernetes.answer]}.`]),
    `${dataplaneName}: ${ANSWER_WORDS[dataplane.answer]}.`,
    ...(summary === undefined ? [] : [summary]),
  ].join(' ')
}
