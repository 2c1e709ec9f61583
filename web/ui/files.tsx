import type { FileView } from '#contract'

export const sizeWords = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1024 * 1024
      ? `${Math.round(bytes / 1024)} KB`
      : bytes < 1024 * 1024 * 1024
        ? `${(bytes / 1024 / 1024).toFixed(1)} MB`
        : `${(bytes / 1024 / 1024 / 1024).toFixed(1)} GB`

/** A file of a case: its name is the download, its size beside it, its digests on demand. */
export const FileLink = ({ file, inCase }: { file: FileView | undefined; inCase: string }) =>
  file ? (
    <span className="file">
      <a href={`/api/files/${file.id}?case=${inCase}`} title={`SHA-256 ${file.sha256}\nSM3 ${file.sm3}`}>
        {file.name}
      </a>{' '}
      <span className="muted small">{sizeWords(file.size)}</span>
    </span>
  ) : (
    <span className="muted">（文件不可查看）</span>
  )
