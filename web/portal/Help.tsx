import type { PolicyView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { get } from '../api.ts'
import { Page } from './parts.tsx'

const nation = '000000'

export const Help = () => {
  const { data } = useQuery({
    queryKey: ['public', 'policies', nation],
    queryFn: ({ signal }) => get<PolicyView>('/public/policies', { division: nation }, signal),
    staleTime: 300_000,
  })
  const rule = (path: string) => data?.rules.find((r) => r.path === path)
  const steps = [
    {
      term: '申请',
      says: '登记主体经业务审核、完成存证后提交材料',
      path: 'registration.obligation.first',
      before: '提供资源或交付产品后 ',
      after: '内',
    },
    {
      term: '受理',
      says: '材料不齐的，一次性告知补正',
      path: 'registration.acceptance.limit',
      before: '收到申请后 ',
      after: '内',
    },
    {
      term: '形式审核',
      says: '登记机构逐类核查材料',
      path: 'registration.review.limit',
      before: '受理后 ',
      after: '内',
    },
    { term: '公示', says: '四项登记信息向社会公示，可以实名提出异议', path: 'registration.notice.period' },
    { term: '赋码', says: '发放登记结果查询码和登记证', path: 'registration.validity.term', before: '有效期 ' },
  ]
  return (
    <Page title="帮助" lead="公共数据资源登记怎样进行，各类读者在这里能做什么。">
      <section className="p-help" aria-labelledby="procedure">
        <h2 id="procedure">登记程序</h2>
        <ol className="p-procedure">
          {steps.map((s) => {
            const r = rule(s.path)
            return (
              <li key={s.term}>
                <b>{s.term}</b>
                <p>{s.says}</p>
                {r && (
                  <p className="p-limit">
                    {s.before}
                    {r.value.split('，')[0]}
                    {s.after}
                    <span className="muted">{r.basis}</span>
                  </p>
                )}
              </li>
            )
          })}
        </ol>
        <p className="muted small">
          以上为全国规则，各地另有规定的从其规定，见<Link to="/policies">规则库</Link>。
        </p>
      </section>
      <div className="p-readers">
        <Reader who="想查数据的人">
          <li>
            在<Link to="/">首页</Link>按数据名称、登记主体查找，按类型、状态、地区缩小范围
          </li>
          <li>
            登记信息页写明登记主体、登记机构、有效期和公开的数据内容；申请材料中的存储路径、联系人、评估报告不公开
          </li>
          <li>登记说明有这样的数据、由谁登记，不等于可以直接取用；使用请与登记主体联系</li>
        </Reader>
        <Reader who="收到登记码或登记证的人">
          <li>
            扫描登记证上的二维码，或在<Link to="/verify">核验页</Link>输入登记码
          </li>
          <li>登记证 PDF 可以在本机核验，不上传；内容被改动过的文件会被认出</li>
          <li>只有“有效”的登记可以采信；已被取代的，以现行版本为准</li>
        </Reader>
        <Reader who="对公示有异议的人">
          <li>
            在<Link to="/notices">公示页</Link>找到该事项，公示期内实名提出，并附证据材料
          </li>
          <li>登记机构处理后通知异议人：异议成立的终止登记，不成立的继续登记</li>
          <li>异议内容不对外公开</li>
        </Reader>
        <Reader who="认为登记信息有误的利害关系人">
          <li>在登记信息页选择“申请更正”，写明哪一项有误、应更正为什么</li>
          <li>经登记主体书面同意，或有证据证明确有错误的，登记机构予以更正</li>
        </Reader>
        <Reader who="登记主体">
          <li>
            <Link to="/desk">进入工作台</Link>，从目录项或空白材料开始填写；材料随填随存
          </li>
          <li>申请前先存证，经本单位业务审核后提交；同一数据不得重复登记</li>
          <li>登记内容变化的办变更，登记有误的办更正，不再持有的办注销，临近期满的办续展</li>
        </Reader>
        <Reader who="登记机构与数据管理部门">
          <li>
            在<Link to="/desk">工作台</Link>受理、审核、发布公示、处理异议、赋码；每项期限都写明依据条款
          </li>
          <li>
            登记机构的设立和联系方式在<Link to="/registrars">名录</Link>公开，业务规则在
            <Link to="/policies">规则库</Link>公开
          </li>
        </Reader>
        <Reader who="开发者">
          <li>
            公开信息都有<Link to="/api-docs">开放接口</Link>，不需要密钥
          </li>
          <li>登记证的 SHA-256 与 SM3 摘要在登记信息页列出，可以脱离本网站自行核对</li>
        </Reader>
        <Reader who="使用不便的读者">
          <li>页首可以切换“大字版”；全部页面可以只用键盘操作，适配读屏软件</li>
          <li>登记信息和公示可以打印，留有盖章位置</li>
        </Reader>
      </div>
    </Page>
  )
}

const Reader = ({ who, children }: { who: string; children: ReactNode }) => (
  <section className="p-reader">
    <h2>{who}</h2>
    <ul className="p-points">{children}</ul>
  </section>
)
