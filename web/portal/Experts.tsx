import { useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { get } from '../api.ts'
import { Ask } from './Ask.tsx'
import { Page } from './parts.tsx'

/** 专家库: how reviewers are found, and the place where somebody asks to be one. */
export const Experts = () => {
  const [params, setParams] = useSearchParams()
  const [division, setDivision] = useState<string>()
  const places = useQuery({
    queryKey: ['public', 'divisions'],
    queryFn: ({ signal }) => get<{ code: string; name: string }[]>('/public/divisions', undefined, signal),
    staleTime: Infinity,
  })
  const joining = params.has('join')
  return (
    <Page
      title="专家库"
      lead="数据管理部门的专家库为方案、遴选和安全审查提供评审专家。专家以个人名义申请入库，评审时由系统按公开的种子随机抽取。"
      {...(joining
        ? {}
        : {
            tools: (
              <Button type="primary" onClick={() => setParams({ join: '1' })}>
                申请入库
              </Button>
            ),
          })}
    >
      <section className="p-sheet">
        <h2>怎样抽取，怎样复核</h2>
        <div className="p-pad">
          <ol className="p-steps">
            <li>抽取前先确定候选专家名单和须回避的专家，再取一个谁也不能选定的种子（写入公开日志的检查点）。</li>
            <li>对每位候选专家的编号，计算“种子紧接编号”这段文字的 SHA-256，按结果从小到大排列。</li>
            <li>从前往后，须回避的跳过并记明理由，直到抽满人数。任何人照此计算，结果都相同。</li>
          </ol>
        </div>
      </section>
      {joining && !division && (
        <section className="p-sheet" aria-labelledby="where">
          <h2 id="where">申请入库</h2>
          <div className="p-pad">
            <label className="p-where">
              <span>哪个地区的专家库</span>
              <Select
                showSearch
                optionFilterProp="label"
                placeholder="由当地数据管理部门审核"
                aria-label="哪个地区的专家库"
                style={{ width: '20rem', maxWidth: '100%' }}
                options={(places.data ?? [])
                  .filter((p) => p.code !== '000000')
                  .map((p) => ({ value: p.code, label: p.name }))}
                onChange={setDivision}
              />
            </label>
            <div className="line p-formfoot">
              <Button onClick={() => setParams({})}>取消</Button>
            </div>
          </div>
        </section>
      )}
      {joining && division && (
        <Ask
          term="申请入库"
          collection="experts"
          division={division}
          here="/experts?join=1"
          signIn="申请入库须以个人身份实名登录。登录后会回到这里继续填写。"
          lead="职称、经历和证明材料只供审核和评审使用，不公开。"
          said={{ title: '申请已经提出', says: '数据管理部门审核后会通知您。' }}
          close={() => setParams({})}
        />
      )}
    </Page>
  )
}
