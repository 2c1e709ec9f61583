import type { ActionView, CaseView } from '#contract'
import { App, Button } from 'antd'
import { useState } from 'react'
import { send } from '../../api.ts'
import { FormDrawer } from '../../form/FormDrawer.tsx'
import type { Value } from '../../form/schema.ts'
import { clockOf } from '../../ui/day.ts'
import { ShownFields } from '../case/Shown.tsx'
import { afterAct } from '../queries.ts'

/** 存证 inside the application: do it here, see the digests and the time that stand in the register. */
export const Deposits = ({ view, action }: { view: CaseView; action: ActionView }) => {
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  const last = [...view.timeline].reverse().find((e) => e.act === 'deposit')
  return (
    <div className="deposit">
      {last ? (
        <>
          <p>
            <span className="chip ok">已存证</span> {last.day} {clockOf(last.at)} · {last.by}
            {last.entry !== null && <span className="muted"> · 登记日志第 {last.entry} 条</span>}
          </p>
          <ShownFields fields={last.detail} files={view.files} inCase={view.id} />
        </>
      ) : (
        <p>
          <span className="chip warn">尚未存证</span>{' '}
          申请登记前应当在保障安全的前提下存证。文件只计算摘要留存，不进入登记簿。
        </p>
      )}
      <div>
        <Button type={last ? 'default' : 'primary'} ghost={!last} onClick={() => setOpen(true)}>
          {last ? '重新存证' : '办理存证'}
        </Button>
      </div>
      {open && (
        <FormDrawer
          action={action}
          about={view.title}
          initial={(action.value as Value | undefined) ?? {}}
          files={view.files}
          send={(input) => send('POST', `/applications/${view.id}/actions/${action.act}`, { input }, view.version)}
          done={async () => {
            // what is sent next goes by the version that this made
            await afterAct()
            setOpen(false)
            message.success('已存证，摘要和时间已记入登记日志')
          }}
          refresh={() => void afterAct()}
          close={() => setOpen(false)}
        />
      )}
    </div>
  )
}
