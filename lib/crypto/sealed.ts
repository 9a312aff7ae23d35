/** Small secrets at rest: AES-256-GCM with the row's id as associated data, so that a sealed value cannot be moved to another row (KY-1). */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** `v1.<iv>.<ciphertext and tag>`, base64url. */
export function seal(key: Buffer, rowId: string, plain: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(rowId))
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `v1.${iv.toString('base64url')}.${sealed.toString('base64url')}`
}

/** Throws when the key is another one, or the value was changed or belongs to another row. */
export function unseal(key: Buffer, rowId: string, sealed: string): string {
  const [version, iv, data] = sealed.split('.')
  if (version !== 'v1' || !iv || !data) throw new Error('Not a sealed value of this version.')
  const bytes = Buffer.from(data, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), { authTagLength: 16 })
    .setAAD(Buffer.from(rowId))
    .setAuthTag(bytes.subarray(-16))
  return decipher.update(bytes.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8')
}
