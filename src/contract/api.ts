import { z } from 'zod'
import { agreementPanelSchema } from './authorization.ts'

/** What the server answers and the web shows. One schema per envelope; OpenAPI is generated from these. */

const day = z.string().describe('YYYY-MM-DD, Asia/Shanghai')
const pair = z.object({ term: z.string(), value: z.string() })

/** RFC 9457 problem details. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string().describe('中文说明：哪里不对、怎么办'),
  status: z.number().int(),
  code: z.string(),
  fields: z.record(z.string(), z.string()).optional().describe('字段路径 → 说明'),
  basis: z.string().optional().describe('依据条款'),
})
export type Problem = z.infer<typeof problemSchema>

export const replySchema = z.object({
  id: z.string(),
  state: z.string(),
  version: z.number().int(),
  /** Where the receipt of this act is found once the log has taken it in: within two seconds, until then 409 not_yet. */
  receipt: z.string().optional(),
})

export const meSchema = z.object({
  person: z.string(),
  name: z.string(),
  realName: z.boolean(),
  org: z.string(),
  orgName: z.string(),
  division: z.string().optional(),
  divisionName: z.string().optional(),
  duties: z.array(z.string()),
  dutyTerms: z.array(z.string()),
  roles: z.array(z.string()),
  roleTerms: z.array(z.string()),
  self: z.boolean(),
  demo: z.boolean(),
  /** A second factor is set up for this person. */
  totp: z.boolean(),
  orgs: z.array(z.object({ org: z.string(), name: z.string(), duties: z.array(z.string()) })),
})
export type Me = z.infer<typeof meSchema>

export const clockSchema = z.object({
  day,
  weekday: z.string(),
  workday: z.boolean(),
  provisional: z.boolean(),
  simulated: z.boolean(),
})
export type Clock = z.infer<typeof clockSchema>

export const personaSchema = z.object({
  person: z.string(),
  org: z.string(),
  name: z.string(),
  orgName: z.string(),
  duties: z.array(z.string()),
  says: z.string().describe('这个角色做什么'),
})
export type Persona = z.infer<typeof personaSchema>

/** A date the case must meet. `left` counts working days after today up to and including the last day; negative when late. */
export const dueSchema = z.object({
  act: z.string(),
  term: z.string(),
  day,
  kind: z.enum(['limit', 'wait', 'remind']),
  from: day,
  left: z.number().int(),
  /** 工作日 or 天, as the rule counts. */
  unit: z.enum(['workday', 'day']),
  provisional: z.boolean(),
  basis: z.string(),
  /** The rule in words: 15 个工作日. */
  period: z.string(),
})
export type DueView = z.infer<typeof dueSchema>

export const caseRowSchema = z.object({
  id: z.string(),
  process: z.string(),
  kind: z.string(),
  kindTerm: z.string(),
  variant: z.string(),
  variantTerm: z.string(),
  title: z.string(),
  state: z.string(),
  stateTerm: z.string(),
  final: z.boolean(),
  division: z.string(),
  divisionName: z.string(),
  opened: day,
  touched: z.string(),
  /** Names by seat, e.g. applicant, registrar. */
  parties: z.record(z.string(), z.string()),
  due: dueSchema.optional(),
  /** It is this caller's turn. */
  mine: z.boolean(),
  /** A few facts worth a column: 登记码, 有效期至, 更新频率. */
  facts: z.array(pair),
})
export type CaseRow = z.infer<typeof caseRowSchema>
export const caseListSchema = z.object({
  rows: z.array(caseRowSchema),
  next: z.string().optional().describe('keyset cursor of the next page'),
  total: z.number().int().describe('capped at 10000'),
  /** Count by state, for the filter tabs. */
  states: z.array(z.object({ state: z.string(), term: z.string(), count: z.number().int() })),
})
export type CaseList = z.infer<typeof caseListSchema>

export const actionSchema = z.object({
  act: z.string(),
  term: z.string(),
  /** JSON Schema of the input with x- hints (see contract/form.ts); the form is drawn from it. */
  schema: z.record(z.string(), z.unknown()),
  /** A first value for the form: draft, prefill, or the last submission. */
  value: z.record(z.string(), z.unknown()).optional(),
  grave: z.boolean(),
  /** Done from a place of its own on the screen. */
  elsewhere: z.boolean().optional(),
  /** Possible, but nobody's duty: belongs in the second row of buttons. */
  optional: z.boolean(),
  basis: z.string().optional(),
  /** Leads to this state. */
  to: z.string(),
  toTerm: z.string(),
})
export type ActionView = z.infer<typeof actionSchema>

export const fileSchema = z.object({
  id: z.string(),
  name: z.string(),
  mime: z.string(),
  size: z.number().int(),
  sha256: z.string(),
  sm3: z.string(),
})
export type FileView = z.infer<typeof fileSchema>

/** A value as the screen shows it: already in words, files as links, lists as rows. */
export interface ShownField {
  key: string
  term: string
  text?: string | undefined
  /** The value in the previous submission when it was different. */
  was?: string | undefined
  files?: string[] | undefined
  rows?: ShownField[][] | undefined
  fields?: ShownField[] | undefined
  personal?: boolean | undefined
  public?: boolean | undefined
  erased?: boolean | undefined
  /** Kept for its term, and shown to nobody but the registrar's keeper. */
  restricted?: boolean | undefined
  changed?: boolean | undefined
}
export const shownSchema: z.ZodType<ShownField> = z.lazy(() =>
  z.object({
    key: z.string(),
    term: z.string(),
    text: z.string().optional(),
    was: z.string().optional(),
    files: z.array(z.string()).optional(),
    rows: z.array(z.array(shownSchema)).optional(),
    fields: z.array(shownSchema).optional(),
    personal: z.boolean().optional(),
    public: z.boolean().optional(),
    erased: z.boolean().optional(),
    restricted: z.boolean().optional(),
    changed: z.boolean().optional(),
  }),
)

export const caseViewSchema = caseRowSchema.extend({
  version: z.number().int(),
  processTerm: z.string(),
  /** The system is at work on it. */
  busy: z.boolean(),
  seats: z.array(z.object({ seat: z.string(), term: z.string(), id: z.string(), name: z.string(), mine: z.boolean() })),
  links: z.array(
    z.object({ name: z.string(), id: z.string(), process: z.string(), title: z.string(), stateTerm: z.string() }),
  ),
  /** The progress bar: phases of the process as bound for this case. */
  phases: z.array(
    z.object({ key: z.string(), term: z.string(), status: z.enum(['done', 'now', 'next']), note: z.string() }),
  ),
  dues: z.array(dueSchema),
  timeline: z.array(
    z.object({
      seq: z.number().int(),
      act: z.string(),
      term: z.string(),
      day,
      at: z.string(),
      by: z.string().describe('person name, or 系统'),
      org: z.string(),
      to: z.string(),
      toTerm: z.string(),
      basis: z.string(),
      detail: z.array(shownSchema),
      /** Place in the register's log, counted from 1; null for the moment until the log has taken it. */
      entry: z.number().int().nullable(),
    }),
  ),
  actions: z.array(actionSchema),
  /** New cases about this one that the caller may begin. */
  begins: z.array(z.object({ process: z.string(), collection: z.string(), kind: z.string(), term: z.string() })),
  /** Materials as last put forward, group by group, compared with the submission before. */
  materials: z.array(shownSchema),
  /** How often materials have been submitted. */
  submissions: z.number().int(),
  files: z.record(z.string(), fileSchema),
  /** What the public will see, or sees. */
  face: z.array(pair),
  /** Advice the screen shows before the person acts: 禁用场景未填写, 可能属于中央单位, 相近登记 …. */
  remarks: z.array(z.object({ kind: z.enum(['info', 'warn']), says: z.string(), basis: z.string().optional() })),
  rules: z.object({
    hash: z.string(),
    division: z.string(),
    layers: z.array(z.object({ name: z.string(), title: z.string(), empty: z.string().optional() })),
  }),
  /** Set on agreements and what is agreed under them: clauses, signatures, what is due. */
  agreement: agreementPanelSchema.optional(),
  /** Set on a record: the certificate to download. */
  certificate: z.object({ file: z.string(), sha256: z.string(), sm3: z.string() }).optional(),
})
export type CaseView = z.infer<typeof caseViewSchema>

/** 重要数据目录, as a table ready to be printed and sent. */
export const importantRegisterSchema = z.object({
  title: z.string(),
  compiledBy: z.string(),
  reportedTo: z.string(),
  day,
  headings: z.array(z.string()),
  rows: z.array(z.array(z.string())),
})
export type ImportantRegister = z.infer<typeof importantRegisterSchema>

/** What a unit's list of grades comes to: entries it grades, lines that are wrong, proposals opened. */
export const gradeListSchema = z.object({
  entries: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      grade: z.string(),
      decides: z.string(),
      alike: z.number().int().describe('同名而无代码可以区分的目录项数，一并定级；无同名的为 1'),
    }),
  ),
  problems: z.array(z.object({ line: z.number().int(), says: z.string() })),
  opened: z.number().int(),
})
export type GradeListReport = z.infer<typeof gradeListSchema>

/** How far long work on a case has come; null where none is under way. */
export const progressSchema = z.object({ done: z.number(), total: z.number(), says: z.string() }).nullable()
export type ProgressView = z.infer<typeof progressSchema>

/** An agreement bore what was asked at this instant, on this legal day. `until`: last day of its term. */
export const permissionSchema = z.object({ permitted: z.literal(true), at: z.string(), day, until: day })
export type Permission = z.infer<typeof permissionSchema>

export const noticeSchema = z.object({
  id: z.number().int(),
  stream: z.string(),
  process: z.string(),
  term: z.string(),
  title: z.string(),
  day,
  at: z.string(),
  urgent: z.boolean(),
  seen: z.boolean(),
})
export type NoticeView = z.infer<typeof noticeSchema>

// ── public ─────────────────────────────────────────────────────────────────────────────────────────────────────

export const publicRecordSchema = z.object({
  id: z.string(),
  code: z.string(),
  localCode: z.string(),
  object: z.string(),
  objectTerm: z.string(),
  name: z.string(),
  summary: z.string(),
  holder: z.string(),
  holderUscc: z.string(),
  registrar: z.string(),
  division: z.string(),
  divisionName: z.string(),
  validFrom: day,
  validTo: day,
  state: z.string(),
  stateTerm: z.string(),
  version: z.number().int(),
  demo: z.boolean(),
  detail: z.array(z.object({ group: z.string(), term: z.string(), value: z.string() })),
  certificate: z.object({ sha256: z.string(), sm3: z.string() }).optional(),
  updated: day,
})
export type PublicRecord = z.infer<typeof publicRecordSchema>
const facet = z.array(z.object({ value: z.string(), term: z.string(), count: z.number().int() }))
export const publicRecordListSchema = z.object({
  rows: z.array(publicRecordSchema),
  next: z.string().optional(),
  total: z.number().int(),
  facets: z.object({ object: facet, state: facet, division: facet }),
})
export type PublicRecordList = z.infer<typeof publicRecordListSchema>

export const publicNoticeSchema = z.object({
  id: z.string(),
  holder: z.string(),
  kind: z.string(),
  objectTerm: z.string(),
  name: z.string(),
  summary: z.string(),
  registrar: z.string(),
  contact: z.string(),
  division: z.string(),
  divisionName: z.string(),
  from: day,
  to: day,
  /** Working days left to object; negative when over. */
  left: z.number().int(),
  open: z.boolean(),
  basis: z.string(),
})
export type PublicNotice = z.infer<typeof publicNoticeSchema>

export const announcementSchema = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  holder: z.string(),
  registrar: z.string(),
  divisionName: z.string(),
  term: z.string(),
  body: z.string(),
  announced: day,
})
export type Announcement = z.infer<typeof announcementSchema>

export const registrarSchema = z.object({
  division: z.string(),
  divisionName: z.string(),
  level: z.enum(['nation', 'province', 'city', 'county']),
  /** Must there be one here? */
  required: z.boolean(),
  name: z.string().describe('空：尚未公布'),
  uscc: z.string(),
  appointment: z.string(),
  contact: z.string(),
  basis: z.string(),
})
export type Registrar = z.infer<typeof registrarSchema>

export const receiptSchema = z.object({
  /** Canonical JSON of the act; its SHA-256 is the log's entry. */
  body: z.string(),
  /** Values the caller may see: field → [salt in hex, value]. */
  disclosed: z.record(z.string(), z.tuple([z.string(), z.any()])),
  /** Values no longer shown, with the reason; their commitments stand in the body as before. */
  withheld: z.record(z.string(), z.enum(['erased', 'restricted'])),
  /** C2SP tlog-proof: place, path, signed checkpoint. */
  proof: z.string(),
})

export const verificationSchema = z.object({
  result: z.enum(['valid', 'superseded', 'ended', 'altered', 'unknown']),
  says: z.string(),
  record: publicRecordSchema.optional(),
  /** Digest looked up, when a file was given. */
  sha256: z.string().optional(),
})
export type Verification = z.infer<typeof verificationSchema>

export const overviewSchema = z.object({
  day,
  simulated: z.boolean(),
  demo: z.boolean(),
  counts: z.object({
    records: z.number(),
    resources: z.number(),
    products: z.number(),
    notices: z.number(),
    registrars: z.number(),
    holders: z.number(),
  }),
})
export type Overview = z.infer<typeof overviewSchema>

export const ruleViewSchema = z.object({
  path: z.string(),
  /** What the rule is about, and the heading it stands under. */
  term: z.string(),
  group: z.string(),
  value: z.string(),
  basis: z.string(),
  note: z.string(),
  document: z.string(),
  certainty: z.enum(['stated', 'inferred', 'default']),
  layer: z.string(),
  overrides: z.array(z.object({ layer: z.string(), value: z.string(), basis: z.string() })),
  displaced: z.array(z.object({ layer: z.string(), value: z.string(), basis: z.string(), by: z.string() })),
})
export const policyViewSchema = z.object({
  division: z.string(),
  divisionName: z.string(),
  layers: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      empty: z.string().optional(),
      documents: z.array(
        z.object({
          title: z.string(),
          number: z.string(),
          status: z.string(),
          text: z.string(),
          inForce: z.string(),
          until: z.string(),
          note: z.string(),
        }),
      ),
    }),
  ),
  rules: z.array(ruleViewSchema),
})
export type PolicyView = z.infer<typeof policyViewSchema>

// ── personal values ────────────────────────────────────────────────────────────────────────────────────────────

/** What a decision restricted, as the registrar's keeper reads it. */
export const retainedSchema = z.object({
  values: z.array(
    z.object({
      id: z.string().describe('事项'),
      process: z.string(),
      processTerm: z.string(),
      field: z.string(),
      term: z.string(),
      text: z.string().optional(),
      files: z.array(z.string()).optional(),
      until: day.describe('保存期限届满日'),
    }),
  ),
  files: z.record(z.string(), fileSchema),
})
export type RetainedView = z.infer<typeof retainedSchema>

// ── the transparency log ───────────────────────────────────────────────────────────────────────────────────────

const instant = z.string().describe('ISO 8601, UTC')
export const publicLogsSchema = z.object({
  logs: z.array(
    z.object({
      name: z.string(),
      term: z.string(),
      source: z.enum(['register', 'access']),
      hash: z.enum(['sha256', 'sm3']),
      origin: z.string(),
      key: z.string().describe('验签公钥（C2SP signed-note vkey）'),
      /** Entries under the latest signed checkpoint, its root (base64) and time; 0 and empty before the first. */
      size: z.number().int(),
      root: z.string(),
      at: z.string(),
      /** Written and not yet taken in, and for how many seconds the oldest waits. */
      waiting: z.number().int(),
      seconds: z.number().int(),
      /** Entries under a checkpoint that the quorum of witnesses has cosigned. */
      witnessed: z.number().int(),
      /** Entries below this place (counted from 0) have been taken off at the end of their term. */
      below: z.number().int(),
      follows: z.string().optional(),
      frozen: instant.optional(),
    }),
  ),
  /** Empty: nobody witnesses. */
  witnesses: z.array(
    z.object({
      name: z.string(),
      key: z.string(),
      log: z.string(),
      size: z.number().int(),
      at: instant.optional(),
      behind: z.number().int(),
      /** It did not answer, or not as it should, when last asked. */
      failed: z.boolean(),
      /** It remembers what this log is not. */
      alarm: z.string().optional(),
    }),
  ),
  /** How few witnesses can make the quorum; 0 when nobody is required. */
  least: z.number().int(),
})
export type PublicLogs = z.infer<typeof publicLogsSchema>

export const logEntrySchema = z.object({
  log: z.string(),
  place: z.number().int().describe('从 1 数起'),
  /** The entry: a digest in hex. Entry 1 of a log that follows another is the last checkpoint of that one instead. */
  entry: z.string(),
  begins: z.string().optional(),
  /** Standard files (C2SP tlog-tiles) that hold its leaf hash and the entry itself. */
  tile: z.string(),
  entries: z.string(),
})
export type LogEntry = z.infer<typeof logEntrySchema>

export const entryListSchema = z.object({
  log: z.string(),
  /** Logs of acts to look into, the growing one first. */
  logs: z.array(z.object({ name: z.string(), term: z.string() })),
  processes: z.array(z.object({ name: z.string(), term: z.string() })),
  rows: z.array(
    z.object({
      /** Counted from 1; null while the log has not taken it. */
      place: z.number().int().nullable(),
      at: instant,
      day,
      id: z.string(),
      seq: z.number().int(),
      process: z.string(),
      processTerm: z.string(),
      title: z.string(),
      term: z.string().describe('办理的动作'),
      person: z.string(),
      personName: z.string(),
      org: z.string(),
      orgName: z.string(),
      state: z.enum(['waiting', 'included', 'witnessed']),
    }),
  ),
  next: z.number().int().optional(),
  /** Most entries that one evidence bundle holds. */
  most: z.number().int(),
})
export type EntryList = z.infer<typeof entryListSchema>

// ── keeping ────────────────────────────────────────────────────────────────────────────────────────────────────

export const keepingSchema = z.object({
  at: instant,
  checks: z.array(
    z.object({
      key: z.string(),
      term: z.string(),
      ok: z.boolean(),
      says: z.string(),
      todo: z.string().optional(),
      command: z.string().optional(),
    }),
  ),
  /** What was done lately, the newest first. Sizes in bytes. */
  done: z.array(
    z.object({
      kind: z.enum(['backup', 'verify', 'export', 'drop']),
      at: instant,
      place: z.string(),
      size: z.number(),
      ok: z.boolean(),
      says: z.string(),
    }),
  ),
  terms: z.array(z.object({ term: z.string(), years: z.number().int(), basis: z.string() })),
  holds: z.array(z.object({ id: z.number().int(), month: z.string(), reason: z.string(), at: instant })),
  /** Months of the access log that are there, the latest first. */
  months: z.array(
    z.object({
      month: z.string().describe('YYYY-MM, UTC'),
      size: z.number(),
      closed: z.boolean(),
      until: z.string().describe('YYYY-MM-DD; 空：期限未知'),
      exported: z.boolean(),
      held: z.boolean(),
    }),
  ),
  storage: z.array(z.object({ term: z.string(), size: z.number(), note: z.string() })),
})
export type Keeping = z.infer<typeof keepingSchema>
