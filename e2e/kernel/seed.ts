import { randomInt } from 'node:crypto'
import process from 'node:process'

/** A fresh seed, or that of a failed run again. It stands in the names of the tests that hang on it. */
export function randomSeed(): number {
  return number('KERNEL_SEED') ?? randomInt(2 ** 31)
}

/** How many random cases to try; an environment variable asks for more. */
export function sizeOf(variable: string, usual: number): number {
  return number(variable) ?? usual
}

function number(variable: string): number | undefined {
  const text = process.env[variable]
  if (text === undefined || text === '') return undefined
  if (!/^[0-9]{1,10}$/.test(text)) throw new Error(`${variable} must be a number, not ${text}`)
  return Number(text)
}
