import type { PublicRecordList } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { get } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import type { Endpoint, OpenApi } from './openapi.ts'
import { curl, parameterTerm, publicEndpoints, schemaRows, typeOf } from './openapi.ts'
import { Copy, Page, Waiting } from './parts.tsx'

export const ApiDocs = () => {
  const api = useQuery({
    queryKey: ['openapi'],
    queryFn: ({ signal }) => get<OpenApi>('/openapi.json', undefined, signal),
    staleTime: Infinity,
  })
  // a code that exists makes the examples work as pasted
  const sample = useQuery({
    queryKey: ['public', 'records', 'sample'],
    queryFn: ({ signal }) => get<PublicRecordList>('/public/records', { limit: 1 }, signal),
    staleTime: Infinity,
  })
  const code = sample.data?.rows[0]?.code
  const groups = api.data ? publicEndpoints(api.data) : []
  return (
    <Page
      title="开放接口"
      lead="登记簿、公示、公告、核验和规则库都可以用程序读取，不需要登录和密钥。答复是 JSON；出错时按 RFC 9457 返回中文说明。"
      tools={
        <a href="/api/openapi.json" target="_blank" rel="noreferrer">
          OpenAPI 3.1 文件（JSON）
        </a>
      }
    >
      {api.isError && <Trouble error={api.error} again={() => void api.refetch()} />}
      {api.isPending && <Waiting rows={12} />}
      {api.data && (
        <div className="p-book">
          <nav className="p-toc" aria-label="接口目录">
            {groups.map((g) => (
              <div key={g.term}>
                <a href={`#${g.term}`}>{g.term}</a>
                <ul>
                  {g.endpoints.map((e) => (
                    <li key={idOf(e)}>
                      <a href={`#${idOf(e)}`}>{e.operation.summary ?? e.path}</a>
                    </li>
                  ))}
                </ul>
              </div>
            ))}
          </nav>
          <div className="grow">
            {groups.map((g) => (
              <section key={g.term} id={g.term} className="p-chapter">
                <h2>{g.term}</h2>
                {g.endpoints.map((e) => (
                  <EndpointSheet key={idOf(e)} endpoint={e} api={api.data} code={code} />
                ))}
              </section>
            ))}
          </div>
        </div>
      )}
    </Page>
  )
}

const idOf = (e: Endpoint): string => `${e.method}-${e.path.replace(/[^\w]+/g, '-')}`

const EndpointSheet = ({ endpoint: e, api, code }: { endpoint: Endpoint; api: OpenApi; code: string | undefined }) => {
  const example = curl(location.origin, e, { code })
  const ok = Object.entries(e.operation.responses ?? {}).find(([status]) => status.startsWith('2'))?.[1]
  const [mime, media] = Object.entries(ok?.content ?? {})[0] ?? []
  const answer = media?.schema ? schemaRows(media.schema, api) : []
  const parameters = e.operation.parameters?.filter((p) => p.in !== 'header') ?? []
  return (
    <article className="p-endpoint" id={idOf(e)}>
      <h3>{e.operation.summary ?? e.path}</h3>
      <p className="p-call">
        <b className={e.method.toLowerCase()}>{e.method}</b>
        <code>{e.path}</code>
      </p>
      {e.operation.description && <p className="sub">{e.operation.description}</p>}
      {parameters.length > 0 && (
        <table className="p-table p-plaintable">
          <caption>参数</caption>
          <tbody>
            {parameters.map((p) => (
              <tr key={p.name}>
                <th scope="row">
                  <code>{p.name}</code>
                </th>
                <td>
                  <code className="p-type">{p.schema ? typeOf(p.schema, api) : 'string'}</code>
                </td>
                <td>
                  {p.in === 'path' ? '路径，必填' : p.required ? '必填' : '可选'}
                  {parameterTerm(p) && `，${parameterTerm(p)}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="p-example">
        <pre tabIndex={0} aria-label="命令行示例">
          {example}
        </pre>
        <Copy text={example} what="命令" />
      </div>
      {answer.length > 0 && (
        <details className="p-answer">
          <summary>
            答复：{media?.schema ? typeOf(media.schema, api) : mime}，{answer.length} 个字段
          </summary>
          <table className="p-table p-plaintable">
            <tbody>
              {answer.map((row, i) => (
                <tr key={i}>
                  <th scope="row" style={{ paddingLeft: `${0.86 + row.depth * 1.4}rem` }}>
                    <code>{row.name}</code>
                  </th>
                  <td>
                    <code className="p-type">{row.type}</code>
                  </td>
                  <td>
                    {row.says}
                    {!row.required && <span className="muted"> 可能没有</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
      {answer.length === 0 && mime && mime !== 'application/json' && <p className="sub small">答复：{mime}</p>}
    </article>
  )
}
