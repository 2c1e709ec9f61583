import { exitSections } from './lines.ts'
import { Paper, Seals, seatName } from './Paper.tsx'

const fact = (facts: readonly { readonly term: string; readonly value: string }[], term: string): string =>
  facts.find((f) => f.term === term)?.value ?? ''

/** 交接清单: what was handed over, what was returned or deleted, who goes on with each service; sealed by both sides. */
export const HandoverPaper = () => (
  <Paper collection="exits" title={() => '交接清单'}>
    {(view) => {
      const sections = exitSections(view)
      const open = sections.flatMap((s) => s.lines).filter((l) => l.next !== '').length
      const successor = seatName(view, 'successor')
      return (
        <>
          <h1>公共数据资源授权运营交接清单</h1>
          <table className="cover">
            <tbody>
              <tr>
                <th scope="row">协议</th>
                <td colSpan={3}>{view.title.replace(/^[^：]*：/, '')}</td>
              </tr>
              <tr>
                <th scope="row">协议编号</th>
                <td>{fact(view.facts, '协议编号')}</td>
                <th scope="row">退出种类</th>
                <td>{view.kindTerm}</td>
              </tr>
              <tr>
                <th scope="row">移交单位</th>
                <td colSpan={3}>{seatName(view, 'operator')}</td>
              </tr>
              <tr>
                <th scope="row">接收单位</th>
                <td colSpan={3}>{[seatName(view, 'implementer'), successor].filter((n) => n !== '').join('、')}</td>
              </tr>
              <tr>
                <th scope="row">开始退出</th>
                <td>{view.opened}</td>
                <th scope="row">状态</th>
                <td>{open > 0 ? `尚有 ${open} 项未办结` : view.stateTerm}</td>
              </tr>
            </tbody>
          </table>
          {sections.map((s, i) => (
            <section key={s.key}>
              <h2>
                {'一二三四'.charAt(i)}、{s.term}
              </h2>
              <table className="grid numbered">
                <thead>
                  <tr>
                    <th>序号</th>
                    <th>{s.key === 'services' ? '产品和服务' : '事项'}</th>
                    <th>内容</th>
                    <th>办理情况</th>
                    <th>日期</th>
                  </tr>
                </thead>
                <tbody>
                  {s.lines.map((l, n) => (
                    <tr key={l.ref}>
                      <td>{n + 1}</td>
                      <td>{l.term}</td>
                      <td>
                        {[l.said, ...l.files.map((f) => view.files[f]?.name ?? '')].filter((t) => t !== '').join('；')}
                      </td>
                      <td>
                        {l.state}
                        {l.keeper !== '' && `：${l.keeper}`}
                      </td>
                      <td>
                        {l.day}
                        {l.until !== '' && ` 至 ${l.until}`}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          ))}
          <Seals of={[seatName(view, 'operator'), seatName(view, 'implementer')]} />
        </>
      )
    }}
  </Paper>
)
