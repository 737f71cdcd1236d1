import { spawn, spawnSync } from 'node:child_process'
import process from 'node:process'

export interface CommandResult {
  /** -1 where the program could not be started. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The administrator's folders are not on everybody's path; messages are to be in English. */
export const COMMAND_ENV = {
  ...process.env,
  PATH: `/usr/sbin:/sbin:/usr/bin:/bin:${process.env['PATH'] ?? ''}`,
  LC_ALL: 'C',
  TZ: 'UTC',
}

/** Runs a program to its end. Never rejects. */
export function runCommand(argv: readonly string[], stdin = ''): Promise<CommandResult> {
  const [program = '', ...args] = argv
  return new Promise(resolve => {
    const child = spawn(program, args, { env: COMMAND_ENV, stdio: 'pipe' })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    // A program may end before it has read everything, as ipset does at a bad line.
    child.stdin.on('error', () => undefined)
    child.on('error', error => resolve({ code: -1, stdout, stderr: error.message }))
    child.on('close', code => resolve({ code: code ?? -1, stdout, stderr }))
    child.stdin.end(stdin)
  })
}

/** The output of a program that must succeed. */
export async function commandOutput(argv: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand(argv, stdin)
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit code ${code}: ${stderr.trim()}`)
  return stdout
}

/** For the places that cannot wait: what is done when the process ends. */
export function runCommandNow(argv: readonly string[], stdin = ''): CommandResult {
  const [program = '', ...args] = argv
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    env: COMMAND_ENV,
    input: stdin,
    encoding: 'utf8',
    timeout: 20_000,
  })
  return { code: status ?? -1, stdout: stdout ?? '', stderr: error?.message ?? stderr }
}
