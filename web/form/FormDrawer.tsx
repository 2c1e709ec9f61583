import type { ActionView, FileView } from '#contract'
import { useMutation } from '@tanstack/react-query'
import { Alert, App, Button, Drawer, Modal } from 'antd'
import type { ReactNode } from 'react'
import { Trouble } from '../ui/Trouble.tsx'
import { Form } from './Form.tsx'
import type { FormSchema, Value } from './schema.ts'
import { fieldsOf } from './schema.ts'
import { useFormState } from './useFormState.ts'

interface Props<T> {
  readonly action: Pick<ActionView, 'term' | 'schema' | 'grave' | 'basis' | 'toTerm'>
  readonly title?: string
  /** What the case is about, so that nobody acts on the wrong one. */
  readonly about?: string
  readonly initial?: Value
  readonly files?: Readonly<Record<string, FileView>>
  readonly groups?: readonly string[]
  readonly before?: ReactNode
  readonly ready?: boolean
  /** The act is no longer open: somebody else was faster. */
  readonly gone?: boolean
  readonly send: (input: Value) => Promise<T>
  /** While it is at work the form stays as it is. */
  readonly done: (answer: T) => void | Promise<void>
  readonly refresh?: () => void
  readonly close: () => void
}

/** A form on its own sheet: what it is about and what it leads to above, fields from the schema, one button that says what it does. Grave acts ask twice. */
export const FormDrawer = <T,>({
  action,
  title,
  about,
  initial = {},
  files,
  groups,
  before,
  ready = true,
  gone = false,
  send,
  done,
  refresh,
  close,
}: Props<T>) => {
  const { modal } = App.useApp()
  const schema = action.schema as FormSchema
  const form = useFormState(schema, initial)
  // a table of many columns needs room to be read
  const wide = fieldsOf(schema).some(([, f]) => f['x-type'] === 'list' && fieldsOf(f.items ?? {}).length > 5)
  const go = useMutation({ mutationFn: send, onSuccess: done, onError: form.refused })
  const act = (): void => {
    const input = form.check()
    if (!input) return
    if (!action.grave) return go.mutate(input)
    modal.confirm({
      title: `确认${action.term}？`,
      content: `${about ? `“${about}” ` : ''}办理后状态为“${action.toTerm}”，不能撤销。`,
      okText: `确认${action.term}`,
      okButtonProps: { danger: true },
      onOk: () => go.mutate(input),
    })
  }
  const leave = (): void => {
    if (!form.touched) return close()
    modal.confirm({
      title: '放弃已填写的内容？',
      okText: '放弃',
      okButtonProps: { danger: true },
      cancelText: '继续填写',
      onOk: close,
    })
  }
  const head = (
    <p className="sheet-head">
      {about && <b>{about}</b>}
      {action.toTerm && <span className="sub">办理后状态：{action.toTerm}</span>}
      {action.basis && <span className="muted">依据：{action.basis}</span>}
    </p>
  )
  const trouble = gone ? (
    <Alert type="warning" showIcon title="该环节已经办理，无需再办" style={{ marginBottom: 12 }} />
  ) : (
    go.isError && (
      <Trouble
        error={go.error}
        again={act}
        refresh={
          refresh &&
          (() => {
            go.reset()
            refresh()
          })
        }
      />
    )
  )
  // nothing to fill in: a word of confirmation is enough, and Enter gives it
  if (fieldsOf(schema).length === 0 && !before)
    return (
      <Modal
        open
        title={`${title ?? action.term}？`}
        okText={action.term}
        okButtonProps={{ danger: action.grave, disabled: !ready || gone, autoFocus: true }}
        confirmLoading={go.isPending}
        onOk={() => go.mutate({})}
        onCancel={close}
        width={480}
      >
        {head}
        {trouble}
        {action.grave && <p className="bad-text">办理后不能撤销。</p>}
      </Modal>
    )
  return (
    <Drawer
      open
      size={wide ? 1120 : 760}
      title={title ?? action.term}
      onClose={leave}
      mask={{ closable: !form.touched }}
      footer={
        <div className="line">
          {form.attempt > 0 && Object.keys(form.errors).length > 0 && (
            <span className="bad-text">有 {Object.keys(form.errors).length} 处需要填写或修改</span>
          )}
          <div className="grow" />
          <Button onClick={leave}>取消</Button>
          <Button type="primary" danger={action.grave} onClick={act} loading={go.isPending} disabled={!ready || gone}>
            {action.term}
          </Button>
        </div>
      }
    >
      {head}
      {trouble}
      {before}
      <Form
        schema={schema}
        value={form.value}
        change={form.change}
        errors={form.errors}
        attempt={form.attempt}
        {...(files ? { files } : {})}
        {...(groups ? { groups } : {})}
      />
    </Drawer>
  )
}
