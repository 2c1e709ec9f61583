import type { ActionView, CaseView, Json } from '#contract'
import { Button, Input, Skeleton } from 'antd'
import { useEffect, useState } from 'react'
import { Link, useLocation, useNavigate, useParams } from 'react-router'
import { send, useClock, useMe } from '../../api.ts'
import { FormDrawer } from '../../form/FormDrawer.tsx'
import { findingOf } from '../../form/Checklist.tsx'
import type { FormSchema, Value } from '../../form/schema.ts'
import { prune, textOf } from '../../form/schema.ts'
import { Trouble } from '../../ui/Trouble.tsx'
import { StateChip } from '../../ui/chips.tsx'
import { useTitle } from '../../ui/title.ts'
import { NewApplication } from '../NewApplication.tsx'
import { NewCase } from '../NewCase.tsx'
import { Quality } from '../catalogue/Quality.tsx'
import { SampleButton } from '../catalogue/SampleButton.tsx'
import { PassUp, Way } from '../catalogue/Ticket.tsx'
import { People } from '../People.tsx'
import { BatchPanel } from '../supply/BatchPanel.tsx'
import { EntryChanges, EntryHead } from '../catalogue/EntryPanel.tsx'
import { ExitPanel } from '../exit/ExitPanel.tsx'
import { FilingPanel } from '../catalogue/FilingPanel.tsx'
import { ScoreSheet } from '../selection/ScoreSheet.tsx'
import { SelectionRoom } from '../selection/SelectionRoom.tsx'
import { DraftPage } from '../draft/DraftPage.tsx'
import { lists } from '../list/lists.tsx'
import { PlatformButtons } from '../platform/PlatformButtons.tsx'
import { afterAct, useCase } from '../queries.ts'
import { hatsOf } from '../places.ts'
import { ActionButtons } from './ActionButtons.tsx'
import { After } from './After.tsx'
import { AgreementPanel } from './Agreement.tsx'
import { Dues } from './Dues.tsx'
import { Materials } from './Materials.tsx'
import { Begins } from './Begins.tsx'
import { ConsultationPanel } from '../plan/ConsultationPanel.tsx'
import { PlanPanel } from '../plan/PlanPanel.tsx'
import { OpeningButtons, OpeningPanel } from './Opening.tsx'
import { Phases } from './Phases.tsx'
import { Progress } from './Progress.tsx'
import { PrivacyButtons, Restricted } from './Privacy.tsx'
import { ShownFields } from './Shown.tsx'
import { Certificate, Face, Links, Remarks, Rulebook, Seats } from './Sides.tsx'
import { Timeline } from './Timeline.tsx'
import { checkAction, checklistIn, carried, firstFindings, groupsOf, labelOf } from './review.ts'

export const CasePage = () => {
  const { collection = '', id = '' } = useParams()
  const { data, error, refetch } = useCase(collection, id)
  if (error && !data) return <Trouble error={error} again={() => void refetch()} />
  if (!data) return <Skeleton active title={false} paragraph={{ rows: 8 }} />
  // a draft has nothing to look at yet: its owner goes on filling it in
  if (data.state === 'draft' && data.actions.some((a) => a.act === 'propose')) return <DraftPage />
  return <Case key={id} collection={collection} view={data} />
}

const openedWord: Readonly<Record<string, string>> = {
  record: '入簿',
  item: '编入目录',
  obligation: '记录',
  filing: '发起',
  catalogueNotice: '拟定',
  authority: '拟定',
  catalogueReport: '发起',
  organisation: '登记',
  person: '登记',
  membership: '设岗',
}

interface Done {
  readonly term: string
  readonly toTerm: string
}

const Case = ({ collection, view }: { collection: string; view: CaseView }) => {
  const navigate = useNavigate()
  const me = useMe()
  const today = useClock()?.day
  const [doing, setDoing] = useState<{ action: ActionView; initial: Value; at: number }>()
  const arrived = useLocation().state as { done?: Done } | null
  const [done, setDone] = useState<Done>()
  useEffect(() => {
    // said once: a reload must not say it again
    if (!arrived?.done) return
    setDone(arrived.done)
    scrollTo(0, 0)
    void navigate('.', { replace: true, state: null })
  }, [arrived, navigate])
  const [pressed, setPressed] = useState(false)
  const reviewing = checkAction(view)
  const [kept, keep] = useKept(view, reviewing)
  useTitle(view.title)
  const groups = groupsOf(view)
  const list = reviewing ? checklistIn(reviewing) : undefined

  const post = (action: ActionView, input: Value) =>
    send<{ id: string; state: string; version: number }>(
      'POST',
      `/${collection}/${view.id}/actions/${action.act}`,
      { input },
      view.version,
    )
  const finished = async (action: ActionView): Promise<void> => {
    setDoing(undefined)
    setPressed(false)
    keep(undefined)
    await afterAct()
    // the last of several who sign moves the case on: what is said then is where it stands by now
    setDone({ term: action.term, toTerm: action.to === '=' ? '' : action.toTerm })
    scrollTo(0, 0)
  }
  const begin = (action: ActionView): void => {
    setDone(undefined)
    if (action.act === 'propose' || action.act === 'resubmit')
      return void navigate(`/desk/applications/${view.id}/edit`)
    if (list && action === reviewing) {
      setPressed(true)
      const open = groups.findIndex((g) => {
        const f = findingOf(kept.findings, g)
        return f.result === '' || (f.result === 'remark' && f.remark.trim() === '')
      })
      if (open >= 0) return document.getElementById(`material-${open}`)?.scrollIntoView({ block: 'center' })
      return setDoing({
        action,
        initial: { ...(action.value as Value | undefined), [list[0]]: kept.findings, opinion: kept.opinion },
        at: Date.now(),
      })
    }
    setDoing({
      action,
      initial: reviewing ? carried(action, groups, kept.findings) : ((action.value as Value | undefined) ?? {}),
      at: Date.now(),
    })
  }
  const code = view.process === 'record' ? view.facts.find((f) => f.term === '登记码')?.value : undefined
  const hats = me ? hatsOf(me) : undefined
  const holder = view.seats.some((s) => s.mine && ['holder', 'applicant', 'debtor'].includes(s.seat))
  const parties = [
    ...new Set(
      view.seats
        .filter((s) =>
          ['applicant', 'holder', 'objector', 'requester', 'debtor', 'org', 'member', 'unit', 'operator'].includes(
            s.seat,
          ),
        )
        .map((s) => s.name),
    ),
  ]
  return (
    <article className="case">
      <nav className="crumb" aria-label="位置">
        <Link to={`/desk/${collection}`}>
          {collection === 'applications' && hats?.registrar ? '登记办理' : (lists[collection]?.term ?? '')}
        </Link>
        {view.kindTerm !== lists[collection]?.term && ` / ${view.kindTerm}`}
      </nav>
      <header className="case-head">
        <h1>
          {view.title || '（未命名）'}{' '}
          <span className="chips">
            {view.variantTerm !== '' && view.variantTerm !== view.kindTerm && (
              <span className="chip">{view.variantTerm}</span>
            )}
            <StateChip state={view.state} term={view.stateTerm} />
          </span>
        </h1>
        {hats?.handler && collection === 'records' && !view.final && (holder || hats.self) && (
          <NewApplication
            start={{ variant: view.variant === 'product' ? 'product' : 'resource', record: view.id, title: view.title }}
            label="发起变更、续展等"
            only={holder ? ['change', 'correction', 'renewal', 'deregistration'] : ['correction']}
          />
        )}
        {hats?.handler && hats.applicant && collection === 'items' && !view.final && (
          <NewApplication
            start={{
              kind: 'first',
              variant: view.variant === 'product' ? 'product' : 'resource',
              item: view.id,
              title: view.title,
            }}
            label="发起登记"
          />
        )}
        {hats?.handler && collection === 'items' && view.kind === 'resource' && !view.final && holder && (
          <>
            <SampleButton item={view.id} />
            <NewCase collection="gradings" about={view.id} title={view.title} label="拟定级别" type="default" />
          </>
        )}
        {hats?.handler && collection === 'obligations' && !view.final && holder && (
          <NewApplication
            start={{
              kind: ['change', 'subjectChange'].includes(view.kind) ? 'change' : 'first',
              obligation: view.id,
              title: view.title,
              ...(['change', 'subjectChange'].includes(view.kind)
                ? {}
                : {
                    variant: view.kind === 'product' ? ('product' as const) : ('resource' as const),
                    scope: 'authorized' as const,
                  }),
            }}
            label="去登记"
          />
        )}
        <Begins view={view} />
        {collection === 'tickets' && <PassUp view={view} act={begin} />}
        <PrivacyButtons collection={collection} view={view} />
        <OpeningButtons collection={collection} view={view} />
        <PlatformButtons collection={collection} view={view} />
        <ActionButtons
          actions={view.actions.filter((a) => !a.elsewhere)}
          choose={begin}
          more={[
            { key: 'print', label: '打印卷宗', run: () => void navigate(`/desk/${collection}/${view.id}/print`) },
            ...(collection === 'suspensions' && view.kind !== 'termination'
              ? [
                  {
                    key: 'order',
                    label: '打印决定书',
                    run: () => void navigate(`/desk/suspensions/${view.id}/order`),
                  },
                ]
              : []),
            ...(collection === 'catalogue-notices' && ['released', 'closed'].includes(view.state)
              ? [
                  {
                    key: 'public',
                    label: '公众看到的页面',
                    run: () => void navigate(`/catalogue/notices/${view.id}`),
                  },
                ]
              : []),
            ...(collection === 'agreements' && ['running', 'suspended', 'handover', 'exited'].includes(view.state)
              ? [
                  {
                    key: 'public',
                    label: '公众看到的页面',
                    run: () => void navigate(`/authorizations/${view.id}`),
                  },
                ]
              : []),
            ...(collection === 'consultations' && view.state !== 'stopped'
              ? [
                  {
                    key: 'public',
                    label: '公众看到的页面',
                    run: () => void navigate(`/consultations/${view.id}`),
                  },
                ]
              : []),
            ...(code
              ? [
                  {
                    key: 'public',
                    label: '公众看到的页面',
                    run: () => void navigate(`/records/${encodeURIComponent(code)}`),
                  },
                ]
              : []),
          ]}
        />
      </header>
      <p className="case-sub">
        {[
          ...parties,
          ...view.facts.filter((f) => f.value !== '').map((f) => `${f.term} ${f.value}`),
          view.submissions > 1 ? `第 ${view.submissions} 次提交` : '',
          `${view.opened} ${openedWord[view.process] ?? '提出'}`,
          view.divisionName,
        ]
          .filter((t) => t !== '')
          .join(' · ')}
      </p>
      {done && (
        <After
          done={{ ...done, toTerm: done.toTerm || view.stateTerm }}
          from={view.id}
          close={() => setDone(undefined)}
        />
      )}
      {collection === 'items' && (
        <EntryHead
          view={view}
          act={(name) => {
            const action = view.actions.find((a) => a.act === name)
            if (action) begin(action)
          }}
        />
      )}
      <Phases phases={view.phases} />
      <div className="case-body">
        <div className="case-main">
          {view.busy && <Progress collection={collection} id={view.id} />}
          {view.remarks.length > 0 && <Remarks remarks={view.remarks} />}
          {collection === 'tickets' && <Way view={view} />}
          {collection === 'items' && view.kind === 'resource' && (
            <Quality view={view} act={begin} reports={hats?.handler === true && !view.final} />
          )}
          {view.certificate && <Certificate view={view} />}
          <OpeningPanel collection={collection} view={view} />
          {collection === 'filings' && <FilingPanel view={view} />}
          {collection === 'batches' && <BatchPanel view={view} />}
          {collection === 'plans' && <PlanPanel view={view} />}
          {collection === 'consultations' && <ConsultationPanel view={view} />}
          {view.agreement && <AgreementPanel view={view} panel={view.agreement} />}
          {collection === 'selections' && <SelectionRoom view={view} />}
          {collection === 'evaluations' && <ScoreSheet view={view} />}
          {collection === 'exits' && <ExitPanel view={view} act={begin} />}
          {view.materials.length > 0 && !['exits', 'plans'].includes(collection) && (
            <Materials
              view={view}
              {...(list && reviewing
                ? {
                    review: {
                      field: list[1],
                      findings: kept.findings,
                      change: (findings) => keep({ ...kept, findings }),
                      pressed,
                    },
                    foot: (
                      <footer className="review-foot">
                        <label className="grow">
                          <span className="sub small">审核意见（选填）</span>
                          <Input.TextArea
                            autoSize={{ minRows: 1, maxRows: 6 }}
                            maxLength={2000}
                            value={kept.opinion}
                            onChange={(e) => keep({ ...kept, opinion: e.target.value })}
                          />
                        </label>
                        <Button type="primary" onClick={() => begin(reviewing)}>
                          {labelOf(reviewing, view.actions)}
                        </Button>
                        {groups.some((g) => findingOf(kept.findings, g).result === 'remark') &&
                          view.actions.some((a) => a.act === `${reviewing.act}.fail`) && (
                            <p className="warn-text small">有意见须整改的，请选“审核未通过”，所列意见会自动带入。</p>
                          )}
                      </footer>
                    ),
                  }
                : {})}
            />
          )}
          {view.materials.length === 0 && collection !== 'plans' && <Said view={view} />}
          {collection === 'items' && <EntryChanges view={view} />}
          {collection === 'erasures' && <Restricted view={view} />}
          {collection === 'organisations' && hats?.admin && <People org={view.id} name={view.title} />}
        </div>
        <aside className="case-side">
          <Dues dues={view.dues} today={today} />
          <Timeline view={view} today={today} />
          {view.face.length > 0 && <Face face={view.face} state={view.state} />}
          {view.links.length > 0 && <Links view={view} />}
          <Seats view={view} />
          <Rulebook rules={view.rules} />
        </aside>
      </div>
      {doing && (
        <FormDrawer
          key={doing.at}
          action={list && doing.action === reviewing ? { ...doing.action, schema: {} } : doing.action}
          about={view.title}
          initial={doing.initial}
          files={view.files}
          groups={groups}
          {...(list && doing.action === reviewing
            ? { before: <Summary groups={groups} findings={kept.findings} opinion={kept.opinion} /> }
            : {})}
          send={(input) =>
            post(
              doing.action,
              list && doing.action === reviewing ? prune(reviewing.schema as FormSchema, doing.initial) : input,
            )
          }
          done={() => void finished(doing.action)}
          gone={!view.actions.some((a) => a.act === doing.action.act)}
          refresh={() => void afterAct()}
          close={() => setDoing(undefined)}
        />
      )}
    </article>
  )
}

/** Of a case without materials: what was said when it was opened. */
const Said = ({ view }: { view: CaseView }) => {
  const first = view.timeline[0]
  return (
    <section className="card loose" aria-label="内容">
      {first && first.detail.length > 0 ? (
        <ShownFields fields={first.detail} files={view.files} inCase={view.id} />
      ) : (
        <p className="muted">没有填报内容，办理情况见“办理经过”。</p>
      )}
    </section>
  )
}

/** What was found, once more before it goes on. */
const Summary = ({
  groups,
  findings,
  opinion,
}: {
  groups: readonly string[]
  findings: readonly Json[]
  opinion: string
}) => (
  <>
    <ul className="findings">
      {groups.map((g) => {
        const { result, remark } = findingOf(findings, g)
        return (
          <li key={g}>
            <div className="line">
              <span className="grow">{g}</span>
              <span className={`chip ${result === 'pass' ? 'ok' : result === 'remark' ? 'warn' : ''}`}>
                {result === 'pass' ? '符合' : result === 'remark' ? '有意见' : '不适用'}
              </span>
            </div>
            {remark !== '' && result === 'remark' && <blockquote className="opinion">{remark}</blockquote>}
          </li>
        )
      })}
    </ul>
    {opinion !== '' && <p style={{ marginTop: 12 }}>审核意见：{opinion}</p>}
  </>
)

interface Kept {
  readonly findings: readonly Json[]
  readonly opinion: string
}

/** Findings survive a reload on this device until they are sent or the case moves on. */
const useKept = (view: CaseView, action: ActionView | undefined): readonly [Kept, (kept: Kept | undefined) => void] => {
  const store = `gongshu.review.${view.id}.${view.version}`
  const read = (): Kept | undefined => {
    try {
      return JSON.parse(localStorage.getItem(store) ?? 'null') as Kept | undefined
    } catch {
      return undefined
    }
  }
  const fresh = (): Kept => ({
    findings: action ? firstFindings(view, action) : [],
    opinion: textOf((action?.value as Value | undefined)?.['opinion']),
  })
  const [state, setState] = useState(() => ({ store, kept: (action && read()) ?? fresh() }))
  const now = state.store === store ? state : { store, kept: (action && read()) ?? fresh() }
  if (now !== state) setState(now)
  return [
    now.kept,
    (kept) => {
      if (kept) localStorage.setItem(store, JSON.stringify(kept))
      else localStorage.removeItem(store)
      setState({ store, kept: kept ?? fresh() })
    },
  ]
}
