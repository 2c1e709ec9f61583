import type { Problem, PublicRecord, Verification } from '#contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { DragEvent, FormEvent, ReactNode } from 'react'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { Refused, get, problemOf } from '../api.ts'
import { StateChip } from '../ui/chips.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { ProofPanel } from './Proof.tsx'
import { CodeLink, Copy, DemoChip, Page, Seal, Waiting, recordPath } from './parts.tsx'
import { prove } from './proving.ts'
import { grouped, longDay, normal } from './words.ts'

const results = {
  valid: {
    term: '有效',
    tone: 'ok',
    means: '登记簿中有这项登记，现在有效；用文件核验的，文件与发放的登记证逐字节相同。',
  },
  superseded: {
    term: '已被新版本取代',
    tone: 'warn',
    means: '文件确由登记机构发放，但登记此后变更、更正或续展过，应以现行版本为准。',
  },
  ended: { term: '已终结', tone: 'bad', means: '登记已届满、注销或撤销，登记码与登记证不再有效。' },
  altered: {
    term: '内容与登记簿不一致',
    tone: 'bad',
    means: '文件指向一项登记，但内容与发放的登记证不同，可能被改动，请勿采信。',
  },
  unknown: { term: '查无此证', tone: 'grey', means: '登记簿中没有这个登记码或这份登记证。' },
} as const satisfies { [result in Verification['result']]: unknown }

export const Verify = () => {
  const [params, setParams] = useSearchParams()
  const code = params.get('code') ?? ''
  const [file, setFile] = useState<File>()
  return (
    <Page title="核验" lead="输入登记码，或选择收到的登记证、证据包、存证回执。文件只在本机核验，不会上传。">
      <div className="p-verify">
        <div className="p-ways">
          <CodeBox
            key={code}
            code={code}
            ask={(next) => {
              setFile(undefined)
              setParams(next ? { code: next } : {})
            }}
          />
          <FileBox
            take={(taken) => {
              setParams({})
              setFile(taken)
            }}
          />
        </div>
        <div className="p-answer-place" aria-live="polite">
          {file ? (
            <FileResult key={`${file.name} ${file.size} ${file.lastModified}`} file={file} />
          ) : (
            code && <CodeResult code={code} />
          )}
        </div>
      </div>
      <Offline title="完全离线核验">
        <p className="muted small">
          日志有没有被改动、由谁见证，见<Link to="/log">公开日志</Link>。
        </p>
      </Offline>
      <section className="p-means">
        <h2>五种结果是什么意思</h2>
        <dl>
          {Object.values(results).map((r) => (
            <div key={r.term}>
              <dt>
                <span className={`chip ${r.tone}`}>{r.term}</span>
              </dt>
              <dd>{r.means}</dd>
            </div>
          ))}
        </dl>
      </section>
    </Page>
  )
}

/** The program for those who would rather not trust this page either. */
export const Offline = ({ title, children }: { title: string; children?: ReactNode }) => {
  const digest = useQuery({
    queryKey: ['verifier'],
    queryFn: async () => {
      const answer = await fetch('/gongshu-verify.mjs.sha256')
      return answer.ok ? (await answer.text()).slice(0, 64) : ''
    },
    staleTime: Infinity,
  }).data
  if (!digest) return null
  return (
    <section className="p-means p-offline">
      <h2>{title}</h2>
      <p>
        核验程序是一个文件，不需要安装，不联网：<a href="/gongshu-verify.mjs">下载 gongshu-verify.mjs</a>，在装有
        Node.js 的电脑上运行
      </p>
      <pre>node gongshu-verify.mjs 登记证.pdf --key 公钥文件</pre>
      <p className="muted small">
        公钥：<a href="/log/register/key">登记日志</a>、<a href="/log/access/key">访问日志</a>，请及早另行保存。程序的
        SHA-256：
        <span className="p-digest">{grouped(digest)}</span>
        <Copy text={digest} what="核验程序的 SHA-256" />
      </p>
      {children}
    </section>
  )
}

const CodeBox = ({ code, ask }: { code: string; ask: (code: string) => void }) => {
  const [text, setText] = useState(code)
  const submit = (e: FormEvent): void => {
    e.preventDefault()
    ask(normal(text).replaceAll(' ', ''))
  }
  return (
    <form className="p-way" onSubmit={submit}>
      <label htmlFor="code">登记码</label>
      <div className="p-codeline">
        <input
          id="code"
          className="p-mono"
          value={text}
          onChange={(e) => setText(e.target.value)}
          placeholder="登记证上的登记结果查询码"
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
        />
        <button type="submit">核验</button>
      </div>
      <p className="muted small">扫描登记证上的二维码会直接打开本页并给出结果。</p>
    </form>
  )
}

const FileBox = ({ take }: { take: (file: File) => void }) => {
  const [over, setOver] = useState(false)
  const drop = (e: DragEvent): void => {
    e.preventDefault()
    setOver(false)
    const file = e.dataTransfer.files[0]
    if (file) take(file)
  }
  return (
    <label
      className={`p-way p-drop${over ? ' over' : ''}`}
      onDragOver={(e) => {
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <b>登记证、证据包或存证回执</b>
      <span className="p-dropline">
        把文件拖到这里，或<span className="p-link">选择文件</span>
      </span>
      <span className="muted small">在本机核验；对登记证，另把 SHA-256 发给登记平台，查询现在的状态。</span>
      <input
        type="file"
        accept="application/pdf,.pdf,application/zip,.zip,application/json,.json"
        aria-label="登记证文件"
        className="unseen"
        onChange={(e) => {
          const file = e.target.files?.[0]
          if (file) take(file)
          // the same file chosen again is asked about again
          e.target.value = ''
        }}
      />
    </label>
  )
}

const CodeResult = ({ code }: { code: string }) => {
  const answer = useQuery({
    queryKey: ['public', 'verify', code],
    queryFn: ({ signal }) => get<Verification>('/public/verify', { code }, signal),
  })
  if (answer.isError) return <Trouble error={answer.error} again={() => void answer.refetch()} />
  if (!answer.data) return <Waiting rows={4} />
  return (
    <Result answer={answer.data} asked={<span className="p-mono">{code}</span>}>
      {answer.data.result === 'unknown' && (
        <ul className="p-hints">
          <li>请逐位核对，注意 0 与 O、1 与 l；登记码中的连字符也要输入</li>
          <li>手上有登记证 PDF 的，用文件再核验一次</li>
        </ul>
      )}
    </Result>
  )
}

/** The file is checked here. Of a PDF only the digest is asked about; the file itself leaves the computer only on the person's word. */
const FileResult = ({ file }: { file: File }) => {
  const [keys, setKeys] = useState<File>()
  const proof = useQuery({
    queryKey: ['proof', file.name, file.size, file.lastModified, keys?.name, keys?.lastModified],
    queryFn: () => prove(file, keys),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  })
  if (proof.isError)
    return (
      <p className="p-note warn">
        {proof.error.message.startsWith('不是公钥')
          ? `${proof.error.message}。请选择日志公钥文件。`
          : '读不出这个文件，请确认它仍在原处后重新选择。'}
      </p>
    )
  if (!proof.data) return <Waiting rows={4} />
  const { report, sha256 } = proof.data
  return (
    <>
      {report.kind === 'certificate' && <RegisterSays file={file} sha256={sha256} />}
      <ProofPanel report={report} name={file.name} keys={keys} bring={setKeys} />
    </>
  )
}

/** What the register says now about a certificate of this digest. */
const RegisterSays = ({ file, sha256 }: { file: File; sha256: string }) => {
  const known = useQuery({
    queryKey: ['public', 'verify', 'sha256', sha256],
    queryFn: ({ signal }) => get<Verification>('/public/verify', { sha256 }, signal),
  })
  const upload = useMutation({ mutationFn: () => compare(file) })
  const asked = (
    <>
      {file.name}
      <span className="p-digest">SHA-256 {grouped(sha256)}</span>
    </>
  )
  if (upload.data) return <Result answer={upload.data} asked={asked} />
  if (known.isError) return <Trouble error={known.error} again={() => void known.refetch()} />
  if (!known.data) return <Waiting rows={4} />
  return (
    <Result answer={known.data} asked={asked}>
      {known.data.result === 'unknown' && (
        <div className="p-offer">
          <p>
            可以把文件上传，由登记平台读取其中的登记码，判断是不是被改动过的登记证。<b>上传后，文件会离开本机。</b>
          </p>
          <Button onClick={() => upload.mutate()} loading={upload.isPending}>
            上传比对
          </Button>
          {upload.isError && <p className="p-note warn">{problemOf(upload.error).title}</p>}
        </div>
      )}
    </Result>
  )
}

const compare = async (file: File): Promise<Verification> => {
  const form = new FormData()
  form.append('file', file)
  const response = await fetch('/api/public/verify', {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: form,
  })
  const body: unknown = await response.json()
  if (!response.ok) throw new Refused(body as Problem)
  return body as Verification
}

const Result = ({ answer, asked, children }: { answer: Verification; asked: ReactNode; children?: ReactNode }) => {
  const r = results[answer.result]
  return (
    <section className={`p-result ${r.tone}`}>
      <div className="p-verdict">
        <p className="muted small">核验结果</p>
        <h2>{r.term}</h2>
        <p>{answer.says}</p>
        <p className="muted small p-asked">{asked}</p>
        {children}
      </div>
      {answer.record && <Beside record={answer.record} valid={answer.result === 'valid'} />}
    </section>
  )
}

const Beside = ({ record: r, valid }: { record: PublicRecord; valid: boolean }) => (
  <div className="p-beside">
    <p className="muted small">登记簿现在的记载</p>
    <h3>
      {r.name} <StateChip state={r.state} term={r.stateTerm} /> {r.demo && <DemoChip />}
    </h3>
    <dl>
      <div>
        <dt>登记码</dt>
        <dd>
          <CodeLink code={r.code} />
        </dd>
      </div>
      <div>
        <dt>登记主体</dt>
        <dd>{r.holder}</dd>
      </div>
      <div>
        <dt>登记机构</dt>
        <dd>{r.registrar}</dd>
      </div>
      <div>
        <dt>有效期</dt>
        <dd>
          {longDay(r.validFrom)}至{longDay(r.validTo)}
        </dd>
      </div>
      <div>
        <dt>版本</dt>
        <dd>第 {r.version} 版</dd>
      </div>
    </dl>
    {valid && r.state === 'valid' && <Seal demo={r.demo} />}
    <Link to={recordPath(r.code)}>查看完整登记信息</Link>
  </div>
)
