import type { DrawView } from '#contract'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { drawHolds } from './drawn.ts'

const short = (id: string): string => id.slice(-8)

/** A draw by lot with all that is needed to draw again, and a button that does it here. */
export const DrawRecord = ({ draw: d }: { draw: DrawView }) => {
  const [holds, setHolds] = useState<boolean>()
  const why = new Map(d.skipped.map((x) => [x.id, x.reason]))
  return (
    <div className="draw">
      <p className="sub">
        种子取自申请截止之后登记日志的第一个检查点（<Link to="/log">{d.origin}</Link> 第 {d.size}{' '}
        条），截止前任何人都无法得知。 把种子与每个专家编号相连，计算 SHA-256，从小到大依次抽取。
      </p>
      <dl>
        <dt>检查点根值</dt>
        <dd>
          <code>{d.root}</code>
        </dd>
      </dl>
      <ol className="lots" aria-label="抽取顺序">
        {d.order.map((id) => (
          <li key={id} className={why.has(id) ? 'passed' : d.panel.includes(id) ? 'taken' : ''}>
            <code title={id}>{short(id)}</code>
            <span>{why.get(id) ? `回避：${why.get(id)}` : d.panel.includes(id) ? '抽中' : ''}</span>
          </li>
        ))}
      </ol>
      <div className="line">
        <Button size="small" onClick={() => setHolds(drawHolds(d))}>
          重新计算核验
        </Button>
        <span role="status">
          {holds === true && <span className="chip ok">一致：顺序和抽中的专家由种子唯一确定</span>}
          {holds === false && <span className="chip bad">不一致</span>}
        </span>
      </div>
    </div>
  )
}
