import type { ActionView, CaseView, FileView } from '#contract'
import { useMutation } from '@tanstack/react-query'
import { App, Button, Modal, Skeleton } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { Link, Navigate, useNavigate, useParams } from 'react-router'
import { send } from '../../api.ts'
import { Form, sectionId } from '../../form/Form.tsx'
import type { FormSchema, Value } from '../../form/schema.ts'
import { fieldsOf, isEmpty, listOf, missing, progressOf, prune, termOf, textOf } from '../../form/schema.ts'
import { useFormState } from '../../form/useFormState.ts'
import { Trouble } from '../../ui/Trouble.tsx'
import { StateChip } from '../../ui/chips.tsx'
import { useTitle } from '../../ui/title.ts'
import { Index, SaveMark, Stale, useDraft, type Draft } from '../draft/DraftPage.tsx'
import { useAutosave } from '../draft/useAutosave.ts'
import { afterAct, useCase } from '../queries.ts'
import { AnnexEditor } from './AnnexEditor.tsx'
import { ProductsEditor } from './ProductsEditor.tsx'
import './plan.css'

const annexes = ['items', 'products']

/** 编制实施方案: the sections the rules ask for on one page, kept as one goes; a version when they are all there. */
export const PlanEditor = () => {
  const { id = '' } = useParams()
  const view = useCase('plans', id)
  const draft = useDraft('plans', id)
  const error = view.error ?? draft.error
  if (error && !(view.data && draft.data))
    return <Trouble error={error} again={() => void Promise.all([view.refetch(), draft.refetch()])} />
  if (!view.data || !draft.data) return <Skeleton active title={false} paragraph={{ rows: 10 }} />
  const action = view.data.actions.find((a) => a.act === 'write')
  if (!action) return <Navigate to={`/desk/plans/${id}`} replace />
  return <Editor key={id} view={view.data} action={action} draft={draft.data} />
}

const Editor = ({ view, action, draft }: { view: CaseView; action: ActionView; draft: Draft }) => {
  const navigate = useNavigate()
  const { message } = App.useApp()
  const schema = action.schema as FormSchema
  const form = useFormState(
    schema,
    isEmpty(draft.content as Value) ? ((action.value as Value | undefined) ?? {}) : draft.content,
  )
  const content = useMemo(() => prune(schema, form.value), [schema, form.value])
  const saved = useAutosave(view.id, draft.rev, content, form.touched, 'plans')
  const [sending, setSending] = useState(false)
  const files = useMemo(
    (): Readonly<Record<string, FileView>> => ({ ...view.files, ...draft.files }),
    [view.files, draft.files],
  )
  const fields = fieldsOf(schema)
  // name and term stand together at the head, attachments at the end: sections of their own they are not
  const head = fields.filter(([, f]) => ['text', 'day', 'choices'].includes(f['x-type'] ?? '')).map(([k]) => k)
  const sections = fields.filter(([k]) => !head.includes(k) && !annexes.includes(k) && k !== 'attachments')
  const only = (keys: readonly string[]): FormSchema => ({
    properties: Object.fromEntries(fields.filter(([k]) => keys.includes(k))),
    'x-order': keys,
  })
  const titled = useMemo(() => only(head), [schema])
  const parts = useMemo(
    () =>
      sections.map(([k, f], i): readonly [string, FormSchema, boolean] => [
        k,
        { 'x-order': [k], properties: { [k]: { ...f, title: `${i + 1}. ${termOf(f)}` } } },
        f['x-type'] === 'group',
      ]),
    [schema],
  )
  const other = useMemo(() => only(['attachments']), [schema])
  const lacking = Object.keys(missing(schema, content)).length
  const name = textOf(content['title']) || view.title
  useTitle(`编制 ${name}`)

  const go = useMutation({
    mutationFn: async () => {
      await saved.flush()
      return send('POST', `/plans/${view.id}/actions/write`, { input: content }, view.version)
    },
    onSuccess: async () => {
      saved.end()
      await afterAct()
      void navigate(`/desk/plans/${view.id}`, { state: { done: { term: action.term, toTerm: action.toTerm } } })
    },
    onError: (error) => {
      setSending(false)
      form.refused(error)
    },
  })
  const ask = (): void => {
    if (form.check()) setSending(true)
    else message.warning(`还有 ${lacking} 处没有填写，已逐处标出`)
  }
  const { flush } = saved
  const keys = ['head', ...sections.map(([k]) => k), ...annexes, 'attachments']
  useEffect(() => {
    const pressed = (e: KeyboardEvent): void => {
      if ((e.ctrlKey || e.metaKey) && e.key === 's') {
        e.preventDefault()
        void flush()
      }
      if (e.altKey && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) {
        e.preventDefault()
        const tops = keys.flatMap((k) => document.getElementById(sectionId(k)) ?? [])
        const at = tops.findIndex((t) => t.contains(document.activeElement))
        const to = tops[Math.min(tops.length - 1, Math.max(0, at + (e.key === 'ArrowDown' ? 1 : -1)))]
        to?.scrollIntoView()
        to?.querySelector<HTMLElement>('textarea,input')?.focus({ preventScroll: true })
      }
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  })
  const set = (key: string, value: Value[string]): void => form.change({ ...form.value, [key]: value })
  const mark = (key: string) => {
    const f = schema.properties![key]!
    const p = progressOf(f, form.value[key])
    const errors = Object.keys(form.errors).filter((path) => path === key || path.startsWith(`${key}.`)).length
    return {
      mark:
        errors > 0
          ? `${errors} 处待改`
          : p.missing > 0
            ? p.asked > 1 && !p.empty
              ? `缺 ${p.missing}`
              : '未填'
            : p.empty
              ? '选填'
              : annexes.includes(key)
                ? `${listOf(form.value[key]).length} 项`
                : '已填',
      tone: errors > 0 ? 'bad' : p.missing > 0 ? 'warn' : p.empty ? '' : 'ok',
    }
  }
  const headLacks = Object.keys(missing(titled, form.value)).length
  return (
    <article className="case draft plan-edit">
      <nav className="crumb" aria-label="位置">
        <Link to="/desk/plans">实施方案</Link> / <Link to={`/desk/plans/${view.id}`}>{view.title}</Link> / 编制
      </nav>
      <header className="case-head">
        <h1>
          {name}{' '}
          <span className="chips">
            <span className="chip">{view.kindTerm}</span>
            <StateChip state={view.state} term={view.stateTerm} />
          </span>
        </h1>
        <SaveMark status={saved.status} at={saved.at} trouble={saved.trouble} again={() => void saved.flush()} />
        <Button onClick={() => window.print()}>打印草稿</Button>
        <Button type="primary" onClick={ask}>
          形成新版本
        </Button>
      </header>
      {saved.status === 'stale' && (
        <Stale id={view.id} collection="plans" load={(d) => form.reset(d.content)} from={saved.from} />
      )}
      {go.isError && !sending && <Trouble error={go.error} again={ask} refresh={() => void afterAct()} />}
      <div className="draft-body">
        <div className="case-main">
          <section className="card loose plan-head" id={sectionId('head')} aria-label="名称与期限">
            <Form schema={titled} value={form.value} change={form.change} errors={form.errors} attempt={form.attempt} />
          </section>
          {parts.map(([key, schemaOf, grouped]) => {
            const part = (
              <Form
                schema={schemaOf}
                value={form.value}
                change={form.change}
                errors={form.errors}
                attempt={form.attempt}
                files={files}
                sections={grouped}
              />
            )
            return grouped ? (
              <div key={key}>{part}</div>
            ) : (
              <section key={key} className={`card plan-part ${key}`} id={sectionId(key)}>
                {part}
              </section>
            )
          })}
          <section className="card" id={sectionId('items')} aria-labelledby="annex-items">
            <header className="card-head">
              <h2 id="annex-items">附件 1 公共数据资源目录</h2>
            </header>
            <AnnexEditor
              plan={view.id}
              error={form.errors['items']}
              value={listOf(form.value['items']).map(textOf)}
              change={(v) => set('items', v)}
            />
          </section>
          <section className="card" id={sectionId('products')} aria-labelledby="annex-products">
            <header className="card-head">
              <h2 id="annex-products">附件 2 拟提供的公共数据产品和服务清单</h2>
            </header>
            <ProductsEditor
              field={schema.properties!['products']!}
              errors={form.errors}
              value={listOf(form.value['products'])}
              change={(v) => set('products', v)}
            />
          </section>
          <section className="card loose" id={sectionId('attachments')} aria-label="其他附件">
            <Form schema={other} value={form.value} change={form.change} errors={form.errors} files={files} />
          </section>
          <div className="draft-foot">
            <span className="muted small">
              {lacking === 0 ? '必填内容已齐。' : `还有 ${lacking} 处必填内容没有填写。`}
            </span>
            <Button type="primary" onClick={ask}>
              形成新版本
            </Button>
          </div>
        </div>
        <aside className="draft-side">
          <Index
            sections={[
              {
                key: 'head',
                term: '名称与期限',
                mark: headLacks > 0 ? `缺 ${headLacks}` : '已填',
                tone: headLacks > 0 ? 'warn' : 'ok',
              },
              ...sections.map(([key, f], i) => ({ key, term: `${i + 1}. ${termOf(f)}`, ...mark(key) })),
              { key: 'items', term: '附件 1 资源目录', ...mark('items') },
              { key: 'products', term: '附件 2 产品和服务', ...mark('products') },
              { key: 'attachments', term: '其他附件', ...mark('attachments') },
            ]}
          />
          <p className="muted small plan-keys">
            {action.basis && `必备内容依据 ${action.basis}。`}
            <br />
            <kbd>Ctrl</kbd> <kbd>S</kbd> 立即保存，<kbd>Alt</kbd> <kbd>↓</kbd> <kbd>↑</kbd> 上下各部分
          </p>
        </aside>
      </div>
      {sending && (
        <Modal
          open
          title="形成新版本"
          okText="形成新版本"
          cancelText="再改一改"
          confirmLoading={go.isPending}
          onOk={() => go.mutate()}
          onCancel={() => setSending(false)}
        >
          <p>内容齐备。形成的版本留存备查，与上一版本的差异各方可见；送审之前可以继续修改，再形成新的版本。</p>
        </Modal>
      )}
    </article>
  )
}
