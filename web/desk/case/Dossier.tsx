import type { ShownField } from '#contract'
import { Button, Skeleton } from 'antd'
import { useParams } from 'react-router'
import { Link } from 'react-router'
import { useClock, useMe } from '../../api.ts'
import { Trouble } from '../../ui/Trouble.tsx'
import { clockOf } from '../../ui/day.ts'
import { useTitle } from '../../ui/title.ts'
import { useCase } from '../queries.ts'
import { ShownFields, ShownValue } from './Shown.tsx'

/** 卷宗 on A4: everything in the case the reader may see, in the order of the process, with room for the seal. */
export const Dossier = () => {
  const { collection = '', id = '' } = useParams()
  const { data: view, error, refetch } = useCase(collection, id)
  const clock = useClock()
  const me = useMe()
  useTitle(view ? `卷宗 ${view.title}` : '卷宗')
  if (error) return <Trouble error={error} again={() => void refetch()} />
  if (!view) return <Skeleton active title={false} />
  const cx = { files: view.files, inCase: view.id, whole: true }
  const sealed = view.seats.find((s) => s.seat === 'registrar') ?? view.seats[0]
  const group = (m: ShownField) => (
    <section key={m.key}>
      <h3>{m.term}</h3>
      {m.fields ? <ShownFields fields={m.fields} {...cx} /> : <ShownValue field={m} {...cx} />}
    </section>
  )
  return (
    <div className="dossier-page">
      <div className="dossier-bar">
        <Link to={`/desk/${collection}/${id}`}>返回</Link>
        <div className="grow" />
        <Button type="primary" onClick={() => print()}>
          打印
        </Button>
      </div>
      <article className="dossier">
        {clock?.simulated && <p className="demo-mark">演示库，不具效力</p>}
        <h1>{view.processTerm}卷宗</h1>
        <table className="cover">
          <tbody>
            <tr>
              <th scope="row">名称</th>
              <td colSpan={3}>{view.title}</td>
            </tr>
            <tr>
              <th scope="row">类型</th>
              <td>
                {view.kindTerm}
                {view.variantTerm !== '' && view.variantTerm !== view.kindTerm && `（${view.variantTerm}）`}
              </td>
              <th scope="row">状态</th>
              <td>{view.stateTerm}</td>
            </tr>
            {view.seats.map((s) => (
              <tr key={s.seat}>
                <th scope="row">{s.term}</th>
                <td colSpan={3}>{s.name}</td>
              </tr>
            ))}
            <tr>
              <th scope="row">提出日期</th>
              <td>{view.opened}</td>
              <th scope="row">区划</th>
              <td>{view.divisionName}</td>
            </tr>
            {view.facts.map((f) => (
              <tr key={f.term}>
                <th scope="row">{f.term}</th>
                <td colSpan={3}>{f.value}</td>
              </tr>
            ))}
            <tr>
              <th scope="row">事项编号</th>
              <td colSpan={3}>
                <code>{view.id}</code>
              </td>
            </tr>
          </tbody>
        </table>
        {view.materials.length > 0 && (
          <>
            <h2>一、材料{view.submissions > 1 ? `（第 ${view.submissions} 次提交）` : ''}</h2>
            {view.materials.some((m) => !m.fields) && (
              <ShownFields fields={view.materials.filter((m) => !m.fields && !m.rows)} {...cx} />
            )}
            {view.materials.filter((m) => m.fields !== undefined || m.rows !== undefined).map(group)}
          </>
        )}
        <h2>{view.materials.length > 0 ? '二' : '一'}、办理经过</h2>
        <table className="grid">
          <thead>
            <tr>
              <th>时间</th>
              <th>环节</th>
              <th>办理人</th>
              <th>办理后状态与依据</th>
              <th>日志</th>
            </tr>
          </thead>
          <tbody>
            {view.timeline.map((e) => (
              <tr key={e.seq}>
                <td>
                  {e.day} {clockOf(e.at)}
                </td>
                <td>{e.term}</td>
                <td>
                  {e.by}
                  {e.org !== '' && e.org !== e.by && (
                    <>
                      <br />
                      {e.org}
                    </>
                  )}
                </td>
                <td>
                  {e.toTerm}
                  {e.basis !== '' && <div className="muted">{e.basis}</div>}
                  {e.detail.length > 0 && <ShownFields fields={e.detail} {...cx} />}
                </td>
                <td>{e.entry ?? '—'}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {Object.keys(view.files).length > 0 && (
          <>
            <h2>{view.materials.length > 0 ? '三' : '二'}、附件摘要</h2>
            <table className="grid">
              <thead>
                <tr>
                  <th>文件</th>
                  <th>SM3 摘要</th>
                </tr>
              </thead>
              <tbody>
                {Object.values(view.files).map((f) => (
                  <tr key={f.id}>
                    <td>{f.name}</td>
                    <td>
                      <code>{f.sm3}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
        <p className="muted">
          适用规则：{view.rules.layers.map((l) => (l.empty ? `${l.title}（${l.empty}）` : l.title)).join('；')}
          。规则摘要 {view.rules.hash}。
        </p>
        <footer className="seal-area">
          <div>
            <p>{sealed?.name}</p>
            <p>（盖章）</p>
            <p className="seal-day">
              <span>年</span>
              <span>月</span>
              <span>日</span>
            </p>
          </div>
        </footer>
        <p className="muted">
          {me?.name} 于 {clock?.day} 自公数登记系统打印。办理经过以登记日志为准，可凭日志序号核验。
        </p>
      </article>
    </div>
  )
}
