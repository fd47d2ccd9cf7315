// npm's jose as a sender and as a reader: JSON in, JSON out.
//   make: [{claims, jwsHeader, signingKey, jweHeader, encryptionCertificate, bearerClaims, bearerHeader, bearerKey}] → [{body, bearer}]
//   open: [{body, decryptionKey, keySet}] → [claims]
import { CompactEncrypt, CompactSign, compactDecrypt, compactVerify, createLocalJWKSet, importPKCS8, importX509 } from 'jose'

const encode = (value) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))

async function sign(claims, header, pem) {
  return new CompactSign(encode(claims)).setProtectedHeader(header).sign(await importPKCS8(pem, 'PS256'))
}

async function make(order) {
  const inner = await sign(order.claims, order.jwsHeader, order.signingKey)
  const recipient = await importX509(order.encryptionCertificate, 'RSA-OAEP-256')
  const body = await new CompactEncrypt(encode(inner)).setProtectedHeader(order.jweHeader).encrypt(recipient)
  return { body, bearer: await sign(order.bearerClaims, order.bearerHeader, order.bearerKey) }
}

async function open(order) {
  const key = await importPKCS8(order.decryptionKey, 'RSA-OAEP-256')
  const { plaintext } = await compactDecrypt(order.body, key, {
    keyManagementAlgorithms: ['RSA-OAEP-256'],
    contentEncryptionAlgorithms: ['A256GCM'],
  })
  const { payload } = await compactVerify(plaintext, createLocalJWKSet(order.keySet), { algorithms: ['PS256'] })
  return JSON.parse(new TextDecoder().decode(payload))
}

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const orders = JSON.parse(Buffer.concat(chunks).toString())
const work = { make, open }[process.argv[2]]
console.log(JSON.stringify(await Promise.all(orders.map(work))))
