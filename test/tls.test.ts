import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readTlsFiles } from '../src/tls.ts'
import { selfSigned } from './helpers/certificate.ts'
import { temporaryFile } from './helpers/cli.ts'

const { cert, key } = selfSigned()

describe('a certificate and its key', () => {
  test('are what the files hold', () => {
    const files = readTlsFiles(temporaryFile('cert.pem', cert), temporaryFile('key.pem', key))
    expect(files).toEqual({ cert: Buffer.from(cert), key: Buffer.from(key) })
  })

  test.each<[string, string, string, string]>([
    ['a key for the certificate', key, key, 'NER_TLS_CERT_FILE: The file holds no certificate in PEM.'],
    ['a certificate for the key', cert, cert, 'NER_TLS_KEY_FILE: The file holds no private key in PEM'],
    ['nothing for the key', cert, '', 'NER_TLS_KEY_FILE: The file holds no private key in PEM'],
    [
      'the key of another',
      cert,
      selfSigned().key,
      'NER_TLS_KEY_FILE: The key is not that of the certificate.'
    ]
  ])('are not %s', (_what, certText, keyText, message) => {
    const read = (): unknown =>
      readTlsFiles(temporaryFile('cert.pem', certText), temporaryFile('key.pem', keyText))
    expect(read).toThrow(message)
  })

  test('in DER are refused, as the server could not use them', () => {
    const folder = temporaryFile('cert.der', '')
    const der = new X509Certificate(cert).raw.toString('latin1')
    expect(() => readTlsFiles(temporaryFile('cert.der', der), folder)).toThrow('no certificate in PEM')
  })

  test('must be readable', () => {
    const file = temporaryFile('cert.pem', cert)
    expect(() => readTlsFiles('/nowhere', file)).toThrow(
      'NER_TLS_CERT_FILE: The file cannot be read (ENOENT).'
    )
    expect(() => readTlsFiles(file, '/')).toThrow('NER_TLS_KEY_FILE: The file cannot be read (EISDIR).')
  })
})
