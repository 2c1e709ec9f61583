import type { ActionView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Radio } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { get, send } from '../api.ts'
import { FormDrawer } from '../form/FormDrawer.tsx'
import { PartyPicker } from '../form/PartyField.tsx'
import { afterAct } from './queries.ts'

const kinds = [
  { value: 'first', label: '首次登记' },
  { value: 'product', label: '产品和服务登记' },
  { value: 'change', label: '登记内容变更' },
  { value: 'subjectChange', label: '登记主体变更' },
  { value: 'legacy', label: '存量授权运营登记' },
]
const nothing: Pick<ActionView, 'term' | 'schema' | 'grave' | 'toTerm'> = {
  term: '记录登记义务',
  schema: {},
  grave: false,
  toTerm: '待履行',
}

/** Records a fact that binds somebody to register: who, what kind, and the fact with its day and proof. */
export const NewObligation = () => {
  const navigate = useNavigate()
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  const [kind, setKind] = useState('first')
  const [debtor, setDebtor] = useState<string>()
  const { data } = useQuery({
    queryKey: ['form', 'obligations', kind],
    queryFn: ({ signal }) => get<ActionView>('/obligations/form', { kind }, signal),
    enabled: open,
    staleTime: Infinity,
  })
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        记录登记义务
      </Button>
      {open && (
        <FormDrawer
          key={data ? kind : ''}
          action={data ?? nothing}
          title="记录登记义务"
          ready={data !== undefined && debtor !== undefined}
          before={
            <div className="stack" style={{ marginBottom: 16 }}>
              <fieldset>
                <legend>应办登记</legend>
                <Radio.Group options={kinds} value={kind} onChange={(e) => setKind(e.target.value as string)} />
              </fieldset>
              <div>
                <label htmlFor="debtor" className="label">
                  登记主体<span className="must">*</span>
                </label>
                <PartyPicker id="debtor" value={debtor ?? ''} choose={setDebtor} />
              </div>
            </div>
          }
          send={(input) => send<{ id: string }>('POST', '/obligations', { kind, debtor, input })}
          done={({ id }) => {
            message.success('已记录，期限自事实发生日起算')
            void afterAct()
            void navigate(`/desk/obligations/${id}`)
          }}
          close={() => setOpen(false)}
        />
      )}
    </>
  )
}
