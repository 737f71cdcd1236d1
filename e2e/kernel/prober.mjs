/**
 * Runs inside one network namespace for as long as its standard input is open. Reads one JSON request a line and
 * answers each with one JSON line that carries the request's id. Listens, opens connections, sends datagrams.
 */
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { connect, createServer, Socket } from 'node:net'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'

/** With 28 bytes of headers a datagram is as long as a Linux SYN: 60 bytes. */
const DATAGRAM_BYTES = 32
const GIVE_UP_MS = 10_000

/** Numbers of the datagrams that arrived here, and of those that were answered, since last asked. */
const arrived = new Set()
const answered = new Set()
/** Connections and sockets that stay open from request to request. */
const kept = new Map()

const operations = { listen, probe, report, open, say, shout, close }

createInterface({ input: process.stdin })
  .on('line', line => void answer(JSON.parse(line)))
  .on('close', () => process.exit(0))

async function answer({ id, op, ...request }) {
  try {
    write({ id, result: await operations[op](request) })
  } catch (error) {
    write({ id, error: `${op}: ${error.message}` })
  }
}

function write(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

/** Echoes on every port given, TCP and UDP. A datagram that begins with `!` gets no answer. */
async function listen({ ports }) {
  await Promise.all(
    ports.flatMap(port => [
      new Promise((resolve, reject) => {
        const server = createServer(socket => {
          socket.on('data', data => socket.write(data)).on('error', () => socket.destroy())
        })
        server.on('error', reject).listen({ port, host: '0.0.0.0', backlog: 4096 }, resolve)
      }),
      new Promise((resolve, reject) => {
        const socket = createSocket('udp4')
        socket.on('error', reject).bind(port, '0.0.0.0', resolve)
        socket.on('message', (data, from) => {
          const text = data.toString('latin1').trim()
          arrived.add(text)
          if (!text.startsWith('!')) socket.send(data, from.port, from.address)
        })
      }),
    ]),
  )
  return {}
}

/**
 * Opens all connections and sends all datagrams at once, one packet each. Waits until a connection that nothing
 * filters has come about after them and `patience` ms have gone, then reads what has happened. The handshake and the
 * filter are the kernel's work and done by then, however late this process gets to look.
 */
async function probe({ from, udpPort, probes, patience, control }) {
  const before = synRetransmits()
  const connected = []
  const failed = []
  const sockets = []
  const datagrams = probes.filter(({ protocol }) => protocol === 'UDP')
  for (const { number, protocol, address, port, localPort } of probes) {
    if (protocol !== 'TCP') continue
    const socket = connect({ host: address, port, localAddress: from, localPort })
    socket.on('connect', () => connected.push(number))
    socket.on('error', ({ code }) => failed.push(`${number}: ${code}`))
    sockets.push(socket)
  }
  if (datagrams.length > 0) {
    const socket = await udpSocket(from, udpPort)
    answered.clear()
    socket.on('message', data => answered.add(data.toString('latin1').trim()))
    kept.get('datagrams')?.close()
    kept.set('datagrams', socket)
    for (const { number, address, port } of datagrams)
      await send(socket, String(number), address, port).catch(({ code }) => failed.push(`${number}: ${code}`))
  }
  await Promise.all([controlConnection(control), delay(patience)])
  await settled(() => connected.length)
  const result = { connected: [...connected], failed, retransmits: synRetransmits() - before }
  // A reset ends a connection at once: nothing of it is on its way when the next state is loaded.
  for (const socket of sockets) {
    if (socket.connecting) socket.destroy()
    else socket.resetAndDestroy()
  }
  return result
}

/** What arrived here and what came back, once all of `expected` did or nothing comes any more. */
async function report({ expected = [] }) {
  const end = Date.now() + GIVE_UP_MS
  await settled(() => arrived.size + answered.size)
  while (Date.now() < end && expected.some(number => !answered.has(String(number)))) await delay(5)
  const result = { arrived: [...arrived], answered: [...answered] }
  arrived.clear()
  return result
}

/** A connection that stays open. */
async function open({ name, from, localPort, address, port, patience }) {
  const socket = connect({ host: address, port, localAddress: from, localPort })
  const connected = await Promise.race([
    new Promise((resolve, reject) => socket.on('connect', () => resolve(true)).on('error', reject)),
    delay(patience, false),
  ])
  if (connected) kept.set(name, socket)
  else socket.destroy()
  return { connected }
}

/** Says something on an open connection and waits for its echo. */
async function say({ name, text }) {
  const socket = kept.get(name)
  const echo = new Promise(resolve => socket.once('data', data => resolve(data.toString('latin1'))))
  socket.write(text)
  return { echo: await Promise.race([echo, delay(GIVE_UP_MS, '')]) }
}

/** Sends a datagram from a socket that stays open, so that all of its datagrams are one flow. */
async function shout({ name, from, localPort, address, port, text }) {
  if (!kept.has(name)) kept.set(name, await udpSocket(from, localPort))
  await send(kept.get(name), text, address, port)
  return {}
}

async function close({ name }) {
  const socket = kept.get(name)
  if (socket instanceof Socket) socket.destroy()
  else socket.close()
  kept.delete(name)
  return {}
}

async function udpSocket(from, port) {
  const socket = createSocket('udp4')
  await new Promise((resolve, reject) => socket.on('error', reject).bind(port, from, resolve))
  return socket
}

function send(socket, text, address, port) {
  const data = Buffer.alloc(DATAGRAM_BYTES, ' ')
  data.write(text, 'latin1')
  return new Promise((resolve, reject) =>
    socket.send(data, port, address, error => (error ? reject(error) : resolve())),
  )
}

async function controlConnection({ address, port }) {
  const socket = connect({ host: address, port })
  try {
    await Promise.race([
      new Promise((resolve, reject) => socket.on('connect', resolve).on('error', reject)),
      delay(GIVE_UP_MS).then(() => Promise.reject(new Error('the control connection does not come about'))),
    ])
  } finally {
    socket.resetAndDestroy()
  }
}

/** Lets the event loop look at its sockets until nothing more comes up. */
async function settled(count) {
  for (let calm = 0; calm < 3;) {
    const before = count()
    await turn()
    await delay(1)
    calm = count() === before ? calm + 1 : 0
  }
}

/** How many SYNs this namespace has sent again; then a probe has been more than one packet. */
function synRetransmits() {
  const [names = '', values = ''] = readFileSync('/proc/self/net/netstat', 'utf8')
    .split('\n')
    .filter(line => line.startsWith('TcpExt:'))
  return Number(values.split(' ')[names.split(' ').indexOf('TCPSynRetrans')] ?? 0)
}
