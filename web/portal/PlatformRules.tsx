import type { PublicPlatformRule } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { get } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { Page, Waiting } from './parts.tsx'
import { longDay } from './words.ts'

const tone: Readonly<Record<string, string>> = { inForce: 'ok', published: 'blue' }

/** 平台规则: every published version, those in force first, each with its whole text. */
export const PlatformRules = () => {
  const list = useQuery({
    queryKey: ['public', 'platform-rules'],
    queryFn: ({ signal }) => get<PublicPlatformRule[]>('/public/platform-rules', undefined, signal),
  })
  const rules = list.data ?? []
  const binding = rules.filter((r) => r.state === 'inForce' || r.state === 'published')
  const past = rules.filter((r) => !binding.includes(r))
  return (
    <Page
      title="平台规则"
      lead="使用公共数据资源授权运营平台须遵守的规则。申请进驻时接受现行规则；规则有新版时，已进驻的主体逐版确认。"
    >
      {list.isError && <Trouble error={list.error} again={() => void list.refetch()} />}
      {list.isPending && <Waiting />}
      {list.data && binding.length === 0 && (
        <div className="p-empty">
          <h2>还没有公布平台规则</h2>
          <p className="sub">平台运营方或数据管理部门公布后，全文列在这里。</p>
        </div>
      )}
      <ol className="p-notices">
        {[...binding, ...past].map((r) => (
          <li key={r.id} id={r.id}>
            <div className="p-noticehead">
              <h2 className="grow">
                {r.name}（第 {r.version} 版）
              </h2>
              <span className={`chip ${tone[r.state] ?? ''}`}>{r.stateTerm}</span>
            </div>
            <p className="p-body p-lines">{r.summary}</p>
            <dl className="p-fields">
              <div>
                <dt>公布单位</dt>
                <dd>
                  {r.publisher}（{r.divisionName}）
                </dd>
              </div>
              <div>
                <dt>施行日期</dt>
                <dd>{longDay(r.effective)}</dd>
              </div>
              {r.document && (
                <div>
                  <dt>公布文件</dt>
                  <dd>{r.document}</dd>
                </div>
              )}
            </dl>
            <details>
              <summary>全文</summary>
              <p className="p-body p-lines">{r.text}</p>
            </details>
          </li>
        ))}
      </ol>
    </Page>
  )
}
