import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'

/** In PEM; the certificate may be followed by those that lead to a root. */
export interface TlsFiles {
  readonly cert: Buffer
  readonly key: Buffer
}

/**
 * Reads a certificate and its key.
 * @throws Error that says which of them cannot be used, and quotes nothing of them
 */
export function readTlsFiles(certFile: string, keyFile: string): TlsFiles {
  const cert = read('NER_TLS_CERT_FILE', certFile)
  const key = read('NER_TLS_KEY_FILE', keyFile)
  let certificate: X509Certificate
  try {
    createSecureContext({ cert })
    certificate = new X509Certificate(cert)
  } catch {
    throw new Error('NER_TLS_CERT_FILE: The file holds no certificate in PEM.')
  }
  let privateKey: KeyObject
  try {
    privateKey = createPrivateKey(key)
  } catch {
    throw new Error('NER_TLS_KEY_FILE: The file holds no private key in PEM without a passphrase.')
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error('NER_TLS_KEY_FILE: The key is not that of the certificate.')
  }
  return { cert, key }
}

function read(name: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new Error(`${name}: The file cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}
