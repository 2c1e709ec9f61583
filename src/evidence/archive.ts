import { unzipSync, zipSync } from 'fflate'

/** Files of an archive by path. */
export type Files = ReadonlyMap<string, Uint8Array>

const form = {
  level: 0,
  // no time zone: an archive has no clock, and fflate writes local time
  mtime: '1980-01-01T00:00:00',
  // made on Unix, readable files: otherwise unzip takes Chinese names for those of DOS
  os: 3,
  attrs: 0o100644 * 2 ** 16,
} as const

/**
 * A zip that is a function of its files: sorted names, stored as they are, one fixed time. Nothing is compressed, so that the bytes
 * depend on no compressor of any year.
 */
export const pack = (files: Files): Uint8Array =>
  zipSync(Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1))), form)

/**
 * Reads what pack wrote, and nothing else: another order, a comment, a compressed or a hidden file, a wrong checksum are errors.
 * @throws Error
 */
export const unpack = (bytes: Uint8Array): Files => {
  let total = 0
  const read = unzipSync(bytes, {
    filter: ({ compression, size }) => {
      total += size
      // stored files cannot be larger together than the archive; one that says so wants memory
      if (compression !== 0 || total > bytes.length) throw new Error('not an archive of this form')
      return true
    },
  })
  const files = new Map(Object.entries(read))
  if (Buffer.compare(pack(files), bytes) !== 0) throw new Error('not an archive of this form')
  return files
}
