import { describe, expect, test } from 'vitest'
import { printIpsetSave } from './printIpSet.ts'
import { readIpset } from './readIpset.ts'

function read(...lines: readonly string[]) {
  const { sets, problems } = readIpset(lines.join('\n'))
  const save = printIpsetSave({ tables: [], sets }).map(line => line.text)
  return {
    adds: save.filter(line => line.startsWith('add ')).map(line => line.slice(4)),
    names: save.filter(line => line.startsWith('create ')).map(line => line.split(' ')[1]),
    sets,
    problems: problems.map(({ line, code }) => `${line} ${code}`),
  }
}

test('[F18] a comment with a backslash, and names of any characters', () => {
  const { adds, problems } = read(
    'create weave-;rGq^c$3]6!N|{ hash:ip comment',
    'add weave-;rGq^c$3]6!N|{ 10.0.0.1 comment "pod: \\"',
  )
  expect([problems, adds]).toEqual([[], ['weave-;rGq^c$3]6!N|{ 10.0.0.1']])
})

test('[F18] save, restore and old names', () => {
  const { sets, problems } = read(
    '-N a --exist nethash maxelem 4294967295',
    'create b hash:ip,port family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x1',
    '-N c --exist setlist',
    '-A a 10.0.0.0/8 nomatch',
    '-A c a',
    'add b 10.0.0.1,TCP:80',
  )
  expect(problems).toEqual([])
  expect(sets).toEqual([
    {
      name: 'a',
      type: 'hash:net',
      maxelem: 4294967295,
      entries: [{ kind: 'net', prefix: { address: 0x0a000000, length: 8 }, nomatch: true }],
    },
    {
      name: 'b',
      type: 'hash:ip,port',
      maxelem: 65536,
      entries: [{ kind: 'ipPort', address: 0x0a000001, protocol: 6, port: 80 }],
    },
    { name: 'c', type: 'list:set', maxelem: 8, entries: [{ kind: 'set', set: 'a' }] },
  ])
})

test('[F18] ipset list', () => {
  const { adds, problems } = read(
    'Name: a',
    'Type: hash:net',
    'Revision: 7',
    'Header: family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x5a4b50df',
    'Size in memory: 600',
    'References: 1',
    'Number of entries: 1',
    'Members:',
    '169.254.169.254 nomatch',
    '',
    'Name: l',
    'Type: list:set',
    'Revision: 3',
    'Header: size 8',
    'Members:',
    'a',
    'b',
  )
  expect(adds).toEqual(['a 169.254.169.254 nomatch', 'l a'])
  expect(problems).toEqual(['17 missing-set'])
})

describe('elements', () => {
  const net = (...elements: readonly string[]) =>
    read('create s hash:net', ...elements.map(element => `add s ${element}`))
  const port = (element: string) => read('create s hash:ip,port', `add s ${element}`)

  test('[F19] host bits are cleared, ranges taken apart', () => {
    expect(net('10.1.2.3/16').adds).toEqual(['s 10.1.0.0/16'])
    expect(net('10.0.0.0-10.0.0.6').adds).toEqual(['s 10.0.0.0/30', 's 10.0.0.4/31', 's 10.0.0.6'])
    expect(net('0.0.0.0-255.255.255.255').adds).toEqual(['s 0.0.0.0/1', 's 128.0.0.0/1'])
    expect(read('create s hash:ip', 'add s 10.0.0.1/31').adds).toEqual(['s 10.0.0.0', 's 10.0.0.1'])
  })

  test('[F19] length 0 and nonsense are refused', () => {
    expect(net('0.0.0.0/0', '1.2.3.4/0', '1.2.3', '1.2.3.4/33').problems).toEqual([
      '2 bad-length',
      '3 bad-length',
      '4 bad-element',
      '5 bad-element',
    ])
  })

  test('[F38] a member that nobody can read may be any; one of length 0 is none', () => {
    expect(net('10.0.0.0/8', '0.0.0.0/0').adds).toEqual(['s 10.0.0.0/8'])
    expect(net('10.0.0.0/8', '1.2.3').adds).toContain('s (members that nobody can read)')
  })

  test('[F19] the same network with another flag replaces under --exist', () => {
    const lines = ['-A s 0.0.0.0/1', '-A s 0.0.0.1/1 nomatch']
    expect(read('-N s --exist nethash', ...lines).adds).toEqual(['s 0.0.0.0/1 nomatch'])
    expect(read('-N s nethash', ...lines)).toMatchObject({
      adds: ['s 0.0.0.0/1'],
      problems: ['3 already-added'],
    })
  })

  test.each([
    ['10.0.0.1,80', '10.0.0.1,tcp:80'],
    ['10.0.0.1,SCTP:9', '10.0.0.1,sctp:9'],
    ['10.0.0.1,17:9', '10.0.0.1,udp:9'],
  ])('[F19] %s', (given, printed) => {
    expect(port(given).adds).toEqual([`s ${printed}`])
  })

  test('[F19] port ranges', () => {
    expect(port('10.0.0.1,udp:1-3').adds).toEqual([
      's 10.0.0.1,udp:1',
      's 10.0.0.1,udp:2',
      's 10.0.0.1,udp:3',
    ])
    expect(port('10.0.0.1,tcp:65536').problems).toEqual(['2 bad-element'])
  })
})

describe('restore', () => {
  test('[F20] --exist holds for the rest of the text', () => {
    const rest = ['-A s 1.1.1.1', '-A s 1.1.1.1', '-D s 2.2.2.2', '-X t', '-N s nethash']
    expect(read('-N s --exist nethash', ...rest).problems).toEqual([])
    expect(read('-N s nethash', ...rest).problems).toEqual([
      '3 already-added',
      '4 not-added',
      '5 missing-set',
      '6 set-exists',
    ])
  })

  test('[F20] what is refused whatever --exist says', () => {
    const { problems } = read(
      '-N s --exist nethash maxelem 1',
      '-N s --exist nethash',
      '-A s 1.1.1.1',
      '-A s 2.2.2.2',
      '-D s 1.1.1.1 nomatch',
      '-N l --exist setlist',
      '-N m --exist setlist',
      '-A l s',
      '-A l m',
      '-X s',
      '-F nothing',
      `-N ${'n'.repeat(32)} nethash`,
    )
    expect(problems).toEqual([
      '2 set-exists',
      '4 set-full',
      '5 bad-option',
      '9 list-in-list',
      '10 set-in-use',
      '11 missing-set',
      '12 name-too-long',
    ])
  })

  test('[F20] freed slots are used again', () => {
    expect(read('-N a nethash', '-N b nethash', '-N c nethash', '-X b', '-N d nethash').names).toEqual([
      'a',
      'd',
      'c',
    ])
  })

  test('[F20] flush', () => {
    expect(read('-N a nethash', '-A a 1.1.1.1', '-F a', '-A a 2.2.2.2').adds).toEqual(['a 2.2.2.2'])
  })
})
