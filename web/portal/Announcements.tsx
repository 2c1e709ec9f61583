import type { Announcement } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { get } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { CodeLink, Page, Waiting } from './parts.tsx'
import { longDay } from './words.ts'

export const Announcements = () => {
  const list = useQuery({
    queryKey: ['public', 'announcements'],
    queryFn: ({ signal }) => get<Announcement[]>('/public/announcements', undefined, signal),
  })
  return (
    <Page
      title="注销与撤销公告"
      lead="登记注销、期满注销和撤销的公告。公告之后，原登记码与登记证不再有效，登记内容仍可按登记码查考。"
    >
      {list.isError && <Trouble error={list.error} again={() => void list.refetch()} />}
      {list.isPending && <Waiting />}
      {list.data?.length === 0 && (
        <div className="p-empty">
          <h2>还没有公告</h2>
          <p className="sub">没有登记被注销或撤销。</p>
        </div>
      )}
      <ol className="p-notices">
        {list.data?.map((a) => (
          <li key={a.id} id={a.code}>
            <div className="p-noticehead">
              <h2 className="grow">{a.name}</h2>
              <span className={`chip ${a.term.startsWith('撤销') ? 'bad' : ''}`}>{a.term}</span>
            </div>
            <p className="p-body">{a.body}</p>
            <dl className="p-fields">
              <div>
                <dt>登记结果查询码</dt>
                <dd>
                  <CodeLink code={a.code} />
                </dd>
              </div>
              <div>
                <dt>登记主体</dt>
                <dd>{a.holder}</dd>
              </div>
              <div>
                <dt>登记机构</dt>
                <dd>
                  {a.registrar}
                  {a.divisionName && `（${a.divisionName}）`}
                </dd>
              </div>
              <div>
                <dt>公告日期</dt>
                <dd>{longDay(a.announced)}</dd>
              </div>
            </dl>
          </li>
        ))}
      </ol>
    </Page>
  )
}
