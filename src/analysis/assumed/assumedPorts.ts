import type { ContainerPort } from '../../model/cluster.ts'
import { fnv1a } from './fnv1a.ts'

/** Numbers that a port of this name usually has. */
const USUAL: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ftp: 21,
    ssh: 22,
    smtp: 25,
    dns: 53,
    'dns-tcp': 53,
    'dns-udp': 53,
    http: 80,
    web: 80,
    ntp: 123,
    snmp: 161,
    ldap: 389,
    https: 443,
    syslog: 514,
    ldaps: 636,
    mssql: 1433,
    mqtt: 1883,
    zookeeper: 2181,
    etcd: 2379,
    mysql: 3306,
    nats: 4222,
    postgres: 5432,
    postgresql: 5432,
    amqp: 5672,
    redis: 6379,
    'http-alt': 8080,
    'https-alt': 8443,
    metrics: 9090,
    prometheus: 9090,
    kafka: 9092,
    elasticsearch: 9200,
    webhook: 9443,
    memcached: 11211,
    mongodb: 27017,
    grpc: 50051,
  }),
)

const FIRST = 8000
const COUNT = 1000

/** A container port for a name: the usual one, else one of 8000–8999 that follows from the name and is free. */
export function assumedPortNumber(name: string, taken: readonly ContainerPort[]): number {
  // A name may stand for one number in several protocols.
  const known = USUAL.get(name) ?? taken.find(port => port.name === name)?.containerPort
  if (known !== undefined) return known
  const start = fnv1a(name) % COUNT
  for (let i = 0; i < COUNT; i++) {
    const number = FIRST + ((start + i) % COUNT)
    if (!taken.some(({ containerPort }) => containerPort === number)) return number
  }
  return FIRST + start
}
