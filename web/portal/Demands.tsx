import type { DemandList } from '#contract'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { get, mayHaveSession, useMe } from '../api.ts'
import { StateChip } from '../ui/chips.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { Ask } from './Ask.tsx'
import { Page, Waiting } from './parts.tsx'

/** 供需对接: demands whose authors agreed to publish them, with what came of each; and the place to raise one. */
export const Demands = () => {
  const [params, setParams] = useSearchParams()
  const state = params.get('state') ?? ''
  const raising = params.has('raise')
  const found = useInfiniteQuery({
    queryKey: ['public', 'demands', state],
    queryFn: ({ pageParam, signal }) => get<DemandList>('/public/demands', { state, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })
  const first = found.data?.pages[0]
  const rows = found.data?.pages.flatMap((p) => p.rows) ?? []
  return (
    <Page
      title="数据需求"
      lead="需要公共数据而没有找到的，可以在这里提出：说明要什么、做什么用。数据管理部门受理后与目录对接，或转数源单位答复，并听取您的反馈。"
      tools={
        !raising && (
          <Button type="primary" onClick={() => setParams({ raise: '1' })}>
            提出数据需求
          </Button>
        )
      }
    >
      {raising && <Raise close={() => setParams({}, { replace: true })} />}
      {first && (
        <nav className="p-tabs" aria-label="按状态筛选">
          <Link to="/demands" aria-current={state === '' ? 'true' : undefined}>
            全部
          </Link>
          {first.states.map((s) => (
            <Link key={s.value} to={`/demands?state=${s.value}`} aria-current={state === s.value ? 'true' : undefined}>
              {s.term}
            </Link>
          ))}
        </nav>
      )}
      {found.isError && !found.data && <Trouble error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Waiting />}
      {first && rows.length === 0 && (
        <div className="p-empty">
          <h2>{state ? '没有处于这一状态的公开需求' : '还没有公开的数据需求'}</h2>
          <ul>
            <li>
              先看看<Link to="/datasets">已经开放的数据</Link>
            </li>
          </ul>
        </div>
      )}
      <ol className="p-notices">
        {rows.map((d) => (
          <li key={d.id}>
            <div className="p-noticehead">
              <h2 className="grow">{d.name}</h2>
              <StateChip state={d.state} term={d.stateTerm} />
            </div>
            <p className="sub small">
              {[d.kindTerm, d.divisionName, d.themeTerm, `${d.raised} 提出`].filter(Boolean).join(' · ')}
            </p>
            <p className="p-lines">{d.what}</p>
            <p className="sub">用途：{d.purpose}</p>
            {d.answer && (
              <div className={`p-note p-reply ${d.answer === '不能满足' ? 'grey' : ''}`}>
                <p>
                  <b>{d.answer}</b>
                  {d.promised && !d.final && <span className="muted"> · 预计 {d.promised}</span>}
                </p>
                {d.says && <p className="p-lines">{d.says}</p>}
                {d.items.length > 0 && (
                  <ul>
                    {d.items.map((i) => (
                      <li key={i.id}>
                        {i.open ? <Link to={`/datasets/${i.id}`}>{i.name}</Link> : i.name}
                        {i.open && <span className="chip ok">已开放</span>}
                      </li>
                    ))}
                  </ul>
                )}
                {d.satisfactionTerm && <p className="sub small">需求方反馈：{d.satisfactionTerm}</p>}
              </div>
            )}
          </li>
        ))}
      </ol>
      {found.hasNextPage && (
        <div className="p-more">
          <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
            加载更多
          </Button>
        </div>
      )}
    </Page>
  )
}

/** Whoever acts for themselves says where they live: the bureau there takes the demand. */
const Raise = ({ close }: { close: () => void }) => {
  const me = useMe()
  const [division, setDivision] = useState<string>()
  const places = useQuery({
    queryKey: ['public', 'divisions'],
    queryFn: ({ signal }) => get<{ code: string; name: string }[]>('/public/divisions', undefined, signal),
    staleTime: Infinity,
    enabled: me?.self === true,
  })
  // who asks decides where: not before it is known
  if (me === undefined && mayHaveSession()) return <Waiting rows={3} />
  if (me?.self && !division)
    return (
      <section className="p-sheet" aria-labelledby="where">
        <h2 id="where">提出数据需求</h2>
        <div className="p-pad">
          <label className="p-where">
            <span>所在地区</span>
            <Select
              showSearch
              optionFilterProp="label"
              placeholder="由当地数据管理部门受理"
              aria-label="所在地区"
              style={{ width: '20rem', maxWidth: '100%' }}
              options={(places.data ?? [])
                .filter((p) => p.code !== '000000')
                .map((p) => ({ value: p.code, label: p.name }))}
              onChange={setDivision}
            />
          </label>
          <div className="line p-formfoot">
            <Button onClick={close}>取消</Button>
          </div>
        </div>
      </section>
    )
  return (
    <Ask
      term="提出数据需求"
      collection="demands"
      {...(division ? { division } : {})}
      here="/demands?raise=1"
      signIn="提出需求须登录，以便答复和听取反馈。登录后会回到这里继续填写。"
      lead="联系方式只供办理。勾选同意公开的，需求内容和办理状态会列在本页，不含姓名和联系方式。"
      said={{ title: '需求已经提出', says: '数据管理部门受理后会通知您，答复和反馈都在办理页面。' }}
      close={close}
    />
  )
}
