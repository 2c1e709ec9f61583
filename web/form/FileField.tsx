import type { Json } from '#contract'
import { Button, Progress } from 'antd'
import { useRef, useState } from 'react'
import { problemOf, upload } from '../api.ts'
import { sizeWords } from '../ui/files.tsx'
import { useForm } from './context.ts'
import type { FieldSchema, Path } from './schema.ts'
import { listOf, termOf, textOf } from './schema.ts'

interface Sending {
  readonly key: number
  readonly name: string
  readonly file: File
  readonly share: number
  readonly trouble?: string
}
let nextKey = 0

/** Uploads first, then holds file ids. A lost upload stays in the list and can be tried again. */
export const FileField = ({
  id,
  path,
  field,
  value,
}: {
  id: string
  path: Path
  field: FieldSchema
  value: Json | undefined
}) => {
  const { set, files, addFile, errors } = useForm()
  const many = field['x-type'] === 'files'
  const [sending, setSending] = useState<readonly Sending[]>([])
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const ids = many ? listOf(value).map(textOf) : textOf(value) === '' ? [] : [textOf(value)]
  const held = useRef(ids)
  held.current = ids
  const hold = (next: readonly string[]): void => {
    held.current = [...next]
    set(path, many ? next : next.at(-1))
  }
  const change = (key: number, more: Partial<Sending>): void =>
    setSending((all) => all.map((s) => (s.key === key ? { ...s, ...more } : s)))
  const start = ({ key, file }: Sending): void => {
    upload(file, (share) => change(key, { share })).then(
      (stored) => {
        addFile(stored)
        setSending((all) => all.filter((s) => s.key !== key))
        if (!held.current.includes(stored.id)) hold(many ? [...held.current, stored.id] : [stored.id])
      },
      (error: unknown) => change(key, { trouble: problemOf(error).title }),
    )
  }
  const take = (chosen: readonly File[]): void => {
    const fresh = (many ? chosen : chosen.slice(0, 1)).map((file): Sending => ({
      key: nextKey++,
      name: file.name,
      file,
      share: 0,
    }))
    setSending((all) => [...(many ? all : []), ...fresh])
    fresh.forEach(start)
  }
  const error = errors[path.join('.')]
  return (
    <div
      className={over ? 'files over' : 'files'}
      role="group"
      aria-labelledby={`${id}-title`}
      onDragOver={(e) => {
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault()
        setOver(false)
        take([...e.dataTransfer.files])
      }}
    >
      {(ids.length > 0 || sending.length > 0) && (
        <ul>
          {ids.map((fileId) => {
            const file = files[fileId]
            const name = file?.name ?? '已上传的文件'
            return (
              <li key={fileId}>
                <span className="name">{name}</span>
                {file && <span className="muted small">{sizeWords(file.size)}</span>}
                <Button
                  size="small"
                  type="link"
                  aria-label={`移除 ${name}`}
                  onClick={() => hold(ids.filter((x) => x !== fileId))}
                >
                  移除
                </Button>
              </li>
            )
          })}
          {sending.map((s) => (
            <li key={s.key}>
              <span className="name">{s.name}</span>
              {s.trouble ? (
                <>
                  <span className="error small" role="alert">
                    {s.trouble}
                  </span>
                  <Button
                    size="small"
                    onClick={() => {
                      setSending((all) => all.map(({ trouble: _, ...x }) => (x.key === s.key ? { ...x, share: 0 } : x)))
                      start(s)
                    }}
                  >
                    重试
                  </Button>
                  <Button
                    size="small"
                    type="link"
                    onClick={() => setSending((all) => all.filter((x) => x.key !== s.key))}
                  >
                    放弃
                  </Button>
                </>
              ) : (
                <Progress percent={Math.round(s.share * 100)} size="small" aria-label={`${s.name} 上传进度`} />
              )}
            </li>
          ))}
        </ul>
      )}
      {(many || ids.length === 0) && (
        <>
          <Button
            id={id}
            danger={error !== undefined}
            aria-label={`选择文件：${termOf(field)}`}
            aria-describedby={error ? `${id}-error` : undefined}
            onClick={() => input.current?.click()}
          >
            选择文件
          </Button>
          <span className="muted small"> 或拖到这里</span>
        </>
      )}
      <input
        ref={input}
        type="file"
        hidden
        multiple={many}
        onChange={(e) => {
          take([...(e.target.files ?? [])])
          e.target.value = ''
        }}
      />
    </div>
  )
}
