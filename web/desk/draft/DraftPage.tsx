import type { ActionView, CaseView, FileView } from '#contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Dropdown, Modal, Skeleton } from 'antd'
import { DownOutlined } from '@ant-design/icons'
import { useEffect, useMemo, useState } from 'react'
import { Link, Navigate, useNavigate, useParams } from 'react-router'
import { get, problemOf, send, useClock, useMe } from '../../api.ts'
import { Form, sectionId } from '../../form/Form.tsx'
import { FormDrawer } from '../../form/FormDrawer.tsx'
import type { FormSchema, Value } from '../../form/schema.ts'
import {
  fieldsOf,
  groupOf,
  isAsked,
  isEmpty,
  missing,
  progressOf,
  prune,
  publicWords,
  termOf,
  textOf,
} from '../../form/schema.ts'
import { useFormState } from '../../form/useFormState.ts'
import { Trouble } from '../../ui/Trouble.tsx'
import { StateChip } from '../../ui/chips.tsx'
import { clockOf } from '../../ui/day.ts'
import { useTitle } from '../../ui/title.ts'
import { Dues } from '../case/Dues.tsx'
import { Remarks } from '../case/Sides.tsx'
import { ShownFields } from '../case/Shown.tsx'
import { hatsOf } from '../places.ts'
import { afterAct, useCase } from '../queries.ts'
import { Deposits } from './Deposits.tsx'
import { useAutosave } from './useAutosave.ts'

export interface Draft {
  readonly rev: number
  readonly content: Value
  /** Files named in the draft. */
  readonly files?: Readonly<Record<string, FileView>>
}

/** What has been kept of a case that is being filled in. */
export const useDraft = (collection: string, id: string) =>
  useQuery({
    queryKey: ['draft', id],
    queryFn: async ({ signal }): Promise<Draft> => {
      try {
        return await get<Draft>(`/${collection}/${id}/draft`, undefined, signal)
      } catch (error) {
        if (problemOf(error).status === 404) return { rev: 0, content: {} }
        throw error
      }
    },
    // what is on the screen is newer than any answer: read once, when the page opens
    staleTime: Infinity,
    gcTime: 0,
  })

/** 填报: the application as one page of sections, stored as one goes, sent when complete. */
export const DraftPage = () => {
  const { id = '' } = useParams()
  const view = useCase('applications', id)
  const draft = useDraft('applications', id)
  const error = view.error ?? draft.error
  if (error && !(view.data && draft.data))
    return <Trouble error={error} again={() => void Promise.all([view.refetch(), draft.refetch()])} />
  if (!view.data || !draft.data) return <Skeleton active title={false} paragraph={{ rows: 10 }} />
  const action = view.data.actions.find((a) => a.act === 'propose' || a.act === 'resubmit')
  if (!action) return <Navigate to={`/desk/applications/${id}`} replace />
  return <Editor key={id} view={view.data} action={action} draft={draft.data} />
}

const Editor = ({ view, action, draft }: { view: CaseView; action: ActionView; draft: Draft }) => {
  const navigate = useNavigate()
  const { message } = App.useApp()
  const me = useMe()
  const today = useClock()?.day
  const schema = action.schema as FormSchema
  const form = useFormState(
    schema,
    isEmpty(draft.content as Value) ? ((action.value as Value | undefined) ?? {}) : draft.content,
  )
  const content = useMemo(() => prune(schema, form.value), [schema, form.value])
  const saved = useAutosave(view.id, draft.rev, content, form.touched)
  const [sending, setSending] = useState(false)
  const [other, setOther] = useState<ActionView>()
  const files = useMemo(() => ({ ...view.files, ...draft.files }), [view.files, draft.files])
  const deposit = view.actions.find((a) => a.act === 'deposit')
  const deposited = view.timeline.some((e) => e.act === 'deposit')
  const sections = fieldsOf(schema).filter(([, f]) => isAsked(f, form.value))
  const depositSection = sections.find(([, f]) => /存证/.test(termOf(f)))?.[0]
  const name = nameIn(content) || view.title || '（未命名）'
  useTitle(`填报 ${name}`)
  const lacking = Object.keys(missing(schema, content)).length

  const go = useMutation({
    mutationFn: async () => {
      await saved.flush()
      return send('POST', `/applications/${view.id}/actions/${action.act}`, { input: content }, view.version)
    },
    onSuccess: async () => {
      saved.end()
      await afterAct()
      void navigate(`/desk/applications/${view.id}`, { state: { done: { term: action.term, toTerm: action.toTerm } } })
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
  const others = view.actions.filter((a) => a !== action && a !== deposit)
  const demands =
    action.act === 'resubmit'
      ? [...view.timeline].reverse().find((e) => e.act === 'supplement' || e.act.endsWith('.fail'))
      : undefined
  const depositPart = deposit && <Deposits view={view} action={deposit} />
  return (
    <article className="case draft">
      <nav className="crumb" aria-label="位置">
        <Link to="/desk/applications">{me && hatsOf(me).registrar ? '登记办理' : '登记申请'}</Link> / {view.kindTerm}
      </nav>
      <header className="case-head">
        <h1>
          {name}{' '}
          <span className="chips">
            <span className="chip">{view.variantTerm}</span>
            <StateChip state={view.state} term={view.stateTerm} />
          </span>
        </h1>
        <SaveMark status={saved.status} at={saved.at} trouble={saved.trouble} again={() => void saved.flush()} />
        {others.length > 0 && (
          <Dropdown
            trigger={['click']}
            placement="bottomRight"
            menu={{
              items: others.map((a) => ({ key: a.act, label: a.term, danger: a.grave })),
              onClick: ({ key }) => setOther(others.find((a) => a.act === key)),
            }}
          >
            <Button>
              更多 <DownOutlined />
            </Button>
          </Dropdown>
        )}
        <Button type="primary" onClick={ask}>
          {action.term}
        </Button>
      </header>
      {saved.status === 'stale' && <Stale id={view.id} load={(d) => form.reset(d.content)} from={saved.from} />}
      {go.isError && !sending && <Trouble error={go.error} again={ask} refresh={() => void afterAct()} />}
      <div className="draft-body">
        <div className="case-main">
          {demands && (
            <section className="demands" aria-labelledby="demands">
              <h2 id="demands">
                {demands.term}（{demands.day}，{demands.org}）
              </h2>
              <ShownFields fields={demands.detail} files={view.files} inCase={view.id} />
            </section>
          )}
          {view.remarks.length > 0 && <Remarks remarks={view.remarks} />}
          <Form
            schema={schema}
            value={form.value}
            change={form.change}
            errors={form.errors}
            attempt={form.attempt}
            files={files}
            sections
            after={(key) => (key === depositSection ? depositPart : null)}
          />
          {!depositSection && depositPart && (
            <section className="card loose" id={sectionId('deposit')}>
              <h2>存证</h2>
              {depositPart}
            </section>
          )}
          <div className="draft-foot">
            <span className="muted small">
              {lacking === 0 ? '必填内容已齐。' : `还有 ${lacking} 处必填内容没有填写。`}
            </span>
            <Button type="primary" onClick={ask}>
              {action.term}
            </Button>
          </div>
        </div>
        <aside className="draft-side">
          <Index
            sections={sections.map(([key, f], i) => {
              const p = progressOf(f, form.value[key])
              const errors = Object.keys(form.errors).filter(
                (path) => path === key || path.startsWith(`${key}.`),
              ).length
              const wants = key === depositSection && !deposited
              return {
                key,
                term: `${i + 1}. ${termOf(f)}`,
                mark:
                  errors > 0
                    ? `${errors} 处待改`
                    : wants
                      ? '待存证'
                      : p.missing > 0
                        ? `缺 ${p.missing}`
                        : p.empty
                          ? f['x-required'] || p.asked > 0
                            ? '未填'
                            : '选填'
                          : '已填',
                tone: errors > 0 ? 'bad' : p.missing > 0 || wants ? 'warn' : p.empty ? '' : 'ok',
              }
            })}
          />
          <Dues dues={view.dues} today={today} />
        </aside>
      </div>
      {sending && (
        <Modal
          open
          title={`${action.term}前请核对`}
          width={640}
          okText={`确认${action.term}`}
          cancelText="再改一改"
          confirmLoading={go.isPending}
          onOk={() => go.mutate()}
          onCancel={() => setSending(false)}
        >
          <p className="sub">公示和登记后，下列内容将向社会公开，其余内容仅登记机构和监督部门可见：</p>
          <dl className="face preview">
            {publicWords(schema, content).map((p) => (
              <div key={p.term}>
                <dt>{p.term}</dt>
                <dd>{p.value || <span className="muted">未填写</span>}</dd>
              </div>
            ))}
          </dl>
          {deposit && !deposited && (
            <Alert type="warning" showIcon title="尚未存证。申请登记前应当存证，可在“存证情况”中办理。" />
          )}
          <p className="muted small">
            办理后状态：{action.toTerm}
            {action.basis && ` · 依据 ${action.basis}`}
          </p>
        </Modal>
      )}
      {other && (
        <FormDrawer
          action={other}
          about={name}
          initial={(other.value as Value | undefined) ?? {}}
          files={view.files}
          send={(input) => send('POST', `/applications/${view.id}/actions/${other.act}`, { input }, view.version)}
          done={() => {
            saved.end()
            setOther(undefined)
            void afterAct()
            void navigate(`/desk/applications/${view.id}`, {
              state: { done: { term: other.term, toTerm: other.toTerm } },
            })
          }}
          refresh={() => void afterAct()}
          close={() => setOther(undefined)}
        />
      )}
    </article>
  )
}

/** The name the person has given the object so far. */
const nameIn = (content: Value): string =>
  textOf(groupOf(content['resource'])['name']) || textOf(groupOf(content['product'])['name'])

export const SaveMark = ({
  status,
  at,
  trouble,
  again,
}: {
  status: string
  at: Date | undefined
  trouble: string
  again: () => void
}) => (
  <span className="saved" role="status">
    {status === 'saving' && <span className="muted">正在保存…</span>}
    {status === 'unsaved' && <span className="muted">未保存的修改</span>}
    {status === 'saved' && <span className="muted">{at ? `已保存 ${clockOf(at.toISOString())}` : '自动保存'}</span>}
    {status === 'failed' && (
      <span className="bad-text">
        未能保存：{trouble}{' '}
        <Button size="small" onClick={again}>
          重试
        </Button>
      </span>
    )}
    {status === 'stale' && <span className="bad-text">已停止保存</span>}
  </span>
)

/** Two people, or two windows, on one draft: nothing is overwritten until somebody decides. */
export const Stale = ({
  id,
  collection = 'applications',
  load,
  from,
}: {
  id: string
  collection?: string
  load: (draft: Draft) => void
  from: (rev: number) => void
}) => {
  const latest = useMutation({ mutationFn: (_: 'theirs' | 'mine') => get<Draft>(`/${collection}/${id}/draft`) })
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      style={{ marginBottom: 12 }}
      title="草稿已在另一处保存，本页暂停自动保存"
      description="请选择保留哪一份。"
      action={
        <span className="line">
          <Button
            size="small"
            loading={latest.isPending}
            onClick={() =>
              latest.mutate('theirs', {
                onSuccess: (d) => {
                  load(d)
                  from(d.rev)
                },
              })
            }
          >
            载入另一处的内容
          </Button>
          <Button
            size="small"
            danger
            loading={latest.isPending}
            onClick={() => latest.mutate('mine', { onSuccess: (d) => from(d.rev) })}
          >
            以本页为准
          </Button>
        </span>
      }
    />
  )
}

interface Entry {
  readonly key: string
  readonly term: string
  readonly mark: string
  readonly tone: string
}

/** The sections beside the form: what is filled, what is missing, where one is. */
export const Index = ({ sections }: { sections: readonly Entry[] }) => {
  const [here, setHere] = useState(sections[0]?.key)
  const keys = sections.map((s) => s.key).join(' ')
  useEffect(() => {
    const seen = new IntersectionObserver(
      (entries) => {
        const top = entries.find((e) => e.isIntersecting)
        if (top) setHere(top.target.id.replace(/^section-/, ''))
      },
      { rootMargin: '-15% 0px -70% 0px' },
    )
    for (const key of keys.split(' ')) {
      const at = document.getElementById(sectionId(key))
      if (at) seen.observe(at)
    }
    return () => seen.disconnect()
  }, [keys])
  return (
    <nav className="card index" aria-label="填报章节">
      <h2>填报进度</h2>
      <ol>
        {sections.map((s) => (
          <li key={s.key}>
            <a
              href={`#${sectionId(s.key)}`}
              className={s.key === here ? 'on' : ''}
              onClick={(e) => {
                e.preventDefault()
                document.getElementById(sectionId(s.key))?.scrollIntoView()
                setHere(s.key)
              }}
            >
              <span className="grow">{s.term}</span>
              <span className={`state ${s.tone}`}>{s.mark}</span>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  )
}
