import type { PolicyView } from '#contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useSearchParams } from 'react-router'
import { get } from '../api.ts'
import { Trouble } from '../ui/Trouble.tsx'
import { Page, Waiting } from './parts.tsx'
import { cited } from './ruleTerms.ts'

interface Division {
  readonly code: string
  readonly name: string
  readonly parent?: string
}
type Rule = PolicyView['rules'][number]
type Layer = PolicyView['layers'][number]

const certainties = {
  stated: { term: '文件载明', tone: 'ok' },
  inferred: { term: '推定', tone: 'blue' },
  default: { term: '系统默认 · 文件未定', tone: 'warn' },
} as const

export const RuleLibrary = () => {
  const [params, setParams] = useSearchParams()
  const division = params.get('division') ?? '000000'
  const policy = useQuery({
    queryKey: ['public', 'policies', division],
    queryFn: ({ signal }) => get<PolicyView>('/public/policies', { division }, signal),
    placeholderData: keepPreviousData,
    staleTime: 300_000,
  })
  const p = policy.data
  // rules come in the order of the procedure; a heading follows its first rule
  const groups = [...new Set(p?.rules.map((r) => r.group))].map((term) => ({
    term,
    rules: p?.rules.filter((r) => r.group === term) ?? [],
  }))
  return (
    <Page
      title="规则库"
      lead="期限、表单和办理条件都出自这些规则。每条写明依据的文件和条款；文件没有写明的，标明推定或系统默认。"
      tools={
        <DivisionSelect value={division} choose={(code) => setParams(code === '000000' ? {} : { division: code })} />
      }
    >
      {policy.isError && <Trouble error={policy.error} again={() => void policy.refetch()} />}
      {!p && policy.isPending && <Waiting rows={12} />}
      {p && (
        <>
          <section aria-label="规则层次">
            <h2 className="p-h2">{p.divisionName}适用的规则层次</h2>
            <p className="sub">下层没有规定的，用上层的规定；下层另有规定的，用下层的规定。</p>
            <ol className="p-layers">
              {p.layers.map((layer) => (
                <LayerCard key={layer.name} layer={layer} />
              ))}
            </ol>
          </section>
          <section aria-label="规则">
            <div className="p-found">
              <h2 className="p-h2 grow">登记规则 {p.rules.length} 条</h2>
              <ul className="p-legend" aria-label="各种依据的条数">
                {Object.entries(certainties).map(([key, c]) => (
                  <li key={key}>
                    <span className={`chip ${c.tone}`}>{c.term}</span>{' '}
                    {p.rules.filter((r) => r.certainty === key).length}
                  </li>
                ))}
              </ul>
            </div>
            <nav className="p-jump" aria-label="规则分组">
              {groups.map((g) => (
                <a key={g.term} href={`#${g.term}`}>
                  {g.term}
                </a>
              ))}
            </nav>
            <div className="p-tablebox">
              <table className="p-table p-stack p-rules">
                <caption className="unseen">{p.divisionName}适用的登记规则</caption>
                <thead>
                  <tr>
                    <th scope="col" style={{ width: '22%' }}>
                      事项
                    </th>
                    <th scope="col" style={{ width: '38%' }}>
                      规定
                    </th>
                    <th scope="col">依据</th>
                  </tr>
                </thead>
                {groups.map((g) => (
                  <tbody key={g.term} id={g.term}>
                    <tr className="p-group">
                      <th scope="rowgroup" colSpan={3}>
                        {g.term}
                      </th>
                    </tr>
                    {g.rules.map((r) => (
                      <RuleRow key={r.path} rule={r} layers={p.layers} />
                    ))}
                  </tbody>
                ))}
              </table>
            </div>
          </section>
        </>
      )}
    </Page>
  )
}

const DivisionSelect = ({ value, choose }: { value: string; choose: (code: string) => void }) => {
  const { data } = useQuery({
    queryKey: ['public', 'divisions'],
    queryFn: ({ signal }) => get<Division[]>('/public/divisions', undefined, signal),
    staleTime: Infinity,
  })
  const names = new Map(data?.map((d) => [d.code, d]))
  const full = (d: Division): string => {
    const parent = names.get(d.parent ?? '')
    return parent && parent.code !== '000000' ? `${full(parent)} / ${d.name}` : d.name
  }
  return (
    <Select
      className="p-select"
      aria-label="选择地区"
      showSearch={{ optionFilterProp: 'label' }}
      value={data ? value : null}
      placeholder="选择地区"
      loading={!data}
      onChange={(code: string) => choose(code)}
      options={(data ?? []).map((d) => ({ value: d.code, label: full(d) }))}
      popupMatchSelectWidth={false}
    />
  )
}

const statuses: Readonly<Partial<{ [status: string]: { readonly term: string; readonly tone: string } }>> = {
  inForce: { term: '现行有效', tone: 'ok' },
  consultation: { term: '征求意见稿', tone: 'warn' },
  draft: { term: '草案', tone: 'warn' },
  superseded: { term: '已被取代', tone: 'warn' },
}

const LayerCard = ({ layer }: { layer: Layer }) => (
  <li>
    <h3>{layer.title}</h3>
    {layer.empty && <span className="chip warn">{layer.empty}</span>}
    {layer.documents.map((d) => {
      const status = statuses[d.status] ?? { term: d.status, tone: '' }
      return (
        <div key={d.title} className="p-doc">
          <p>
            《{d.title}》{d.number && <span className="sub">{d.number}</span>}
          </p>
          <p className="line small">
            <span className={`chip ${status.tone}`}>{status.term}</span>
            {d.text === 'reconstructed' && <span className="chip warn">重建文本</span>}
            <span className="muted">
              {d.inForce ? `${d.inForce} 起施行` : '施行日期未载'}
              {d.until && `，有效至 ${d.until}`}
            </span>
          </p>
          {d.note && <p className="small muted">{d.note}</p>}
        </div>
      )
    })}
    {!layer.empty && layer.documents.length === 0 && <p className="muted">没有文件</p>}
  </li>
)

const RuleRow = ({ rule: r, layers }: { rule: Rule; layers: readonly Layer[] }) => {
  const layerTitle = (name: string): string => layers.find((l) => l.name === name)?.title ?? name
  const certainty = certainties[r.certainty]
  const basis = cited(r.basis)
  const doubts = basis.marks.filter((m) => !['推定', '文件未定', '系统默认'].includes(m))
  return (
    <tr>
      <th scope="row" title={r.path}>
        {r.term}
      </th>
      <td data-term="规定">
        <p className="p-lines p-value">{r.value}</p>
        {r.overrides.map((o, i) => (
          <p key={i} className="small muted">
            {o.value === r.value ? (
              `与${layerTitle(o.layer)}规定相同`
            ) : (
              <>
                {layerTitle(o.layer)}原为 <s>{o.value}</s>
              </>
            )}
            ，{o.basis}
          </p>
        ))}
        {r.displaced.map((d, i) => (
          <p key={i} className="p-conflict small">
            <b>有冲突</b>：{layerTitle(d.layer)}规定“{d.value}”（{d.basis}），因{d.by}施行在后，不适用
          </p>
        ))}
      </td>
      <td data-term="依据">
        <p>{basis.text}</p>
        <p className="line small">
          <span className={`chip ${certainty.tone}`}>{certainty.term}</span>
          {doubts.map((m) => (
            <span key={m} className="chip warn">
              {m}
            </span>
          ))}
          <span className="muted">{layerTitle(r.layer)}</span>
        </p>
      </td>
    </tr>
  )
}
