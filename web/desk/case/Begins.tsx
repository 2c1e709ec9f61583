import type { CaseView } from '#contract'
import { DownOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { NewCase } from '../NewCase.tsx'

type Begin = CaseView['begins'][number]

/** What can be begun from a case: a button each, or one for them all where they would crowd out its name. */
export const Begins = ({ view }: { view: CaseView }) => {
  const [chosen, choose] = useState<Begin>()
  const common = { about: view.id, title: view.title, type: 'default' as const }
  if (view.begins.length <= 2)
    return view.begins.map((b) => (
      <NewCase key={`${b.collection} ${b.kind}`} collection={b.collection} kind={b.kind} label={b.term} {...common} />
    ))
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: view.begins.map((b, i) => ({ key: String(i), label: b.term })),
          onClick: ({ key }) => choose(view.begins[Number(key)]),
        }}
      >
        <Button>
          发起 <DownOutlined />
        </Button>
      </Dropdown>
      {chosen && (
        <NewCase
          key={`${chosen.collection} ${chosen.kind}`}
          collection={chosen.collection}
          kind={chosen.kind}
          label={chosen.term}
          opened={() => choose(undefined)}
          {...common}
        />
      )}
    </>
  )
}
