/** As much of OpenAPI 3.1 as the pages read. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly additionalProperties?: boolean | Schema
}
interface Media {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>
}
export interface Operation {
  readonly summary?: string
  readonly description?: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly description?: string
    readonly schema?: Schema
  }[]
  readonly requestBody?: Media
  readonly responses?: Readonly<Record<string, Media & { readonly description?: string }>>
}
export interface OpenApi {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> }
}

export interface Endpoint {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

const methods = ['get', 'post', 'put', 'delete']
const groupTerms: Readonly<Partial<{ [segment: string]: string }>> = {
  overview: '概况',
  records: '登记簿',
  notices: '公示',
  announcements: '公告',
  verify: '核验',
  registrars: '登记机构',
  policies: '规则库',
  divisions: '行政区划',
}
const order = Object.keys(groupTerms)

/** The public endpoints by what they are about, in the order in which a reader meets them. */
export const publicEndpoints = (
  api: OpenApi,
): readonly { readonly term: string; readonly endpoints: readonly Endpoint[] }[] => {
  const prefix = '/api/public/'
  const about = (path: string): string => path.slice(prefix.length).split('/')[0] ?? ''
  const paths = Object.keys(api.paths).filter((p) => p.startsWith(prefix))
  const place = (segment: string): number => (order.includes(segment) ? order.indexOf(segment) : order.length)
  const segments = [...new Set(paths.map(about))].sort((a, b) => place(a) - place(b))
  return segments.map((segment) => ({
    term: groupTerms[segment] ?? segment,
    endpoints: paths
      .filter((p) => about(p) === segment)
      .sort((a, b) => a.length - b.length)
      .flatMap((path) =>
        methods.flatMap((m) =>
          api.paths[path]?.[m] ? [{ method: m.toUpperCase(), path, operation: api.paths[path][m] }] : [],
        ),
      ),
  }))
}

export interface SchemaRow {
  readonly name: string
  readonly depth: number
  readonly type: string
  readonly required: boolean
  readonly says: string
}

const open = (s: Schema, api: OpenApi): Schema => {
  const name = s.$ref?.split('/').at(-1)
  return name ? (api.components?.schemas?.[name] ?? {}) : s
}

export const typeOf = (given: Schema, api: OpenApi): string => {
  const s = open(given, api)
  if (s.const !== undefined) return JSON.stringify(s.const)
  if (s.enum) return s.enum.map((e) => JSON.stringify(e)).join(' | ')
  if (s.items) return `${typeOf(s.items, api)}[]`
  if (s.anyOf) return s.anyOf.map((a) => typeOf(a, api)).join(' | ')
  if (s.format === 'binary') return 'file'
  return typeof s.type === 'string' ? s.type : (s.type?.join(' | ') ?? 'any')
}

/** The fields of a schema as lines of a table, nested ones indented; deeper than three levels only the type is told. */
export const schemaRows = (given: Schema, api: OpenApi, depth = 0): readonly SchemaRow[] => {
  const s = open(given, api)
  if (s.items) return schemaRows(s.items, api, depth)
  return Object.entries(s.properties ?? {}).flatMap(([name, p]) => {
    const property = open(p, api)
    return [
      {
        name,
        depth,
        type: typeOf(property, api),
        required: s.required?.includes(name) === true,
        says: p.description ?? property.description ?? '',
      },
      ...(depth < 3 ? schemaRows(property, api, depth + 1) : []),
    ]
  })
}

const parameterTerms: Readonly<Partial<{ [name: string]: string }>> = {
  q: '名称、登记主体、简介中的一段文字，或完整的登记码',
  object: 'resource 公共数据资源，product 公共数据产品和服务',
  state: '登记状态，取值见答复中的 facets',
  division: '行政区划代码（GB/T 2260），包括下级',
  cursor: '上一页答复中的 next',
  limit: '每页条数',
  code: '登记结果查询码',
  sha256: '登记证文件的 SHA-256，十六进制',
  id: '编号',
}
/** What a parameter means, where the interface file does not say. */
export const parameterTerm = (p: {
  readonly name: string
  readonly description?: string
  readonly schema?: Schema
}): string => p.description ?? p.schema?.description ?? parameterTerms[p.name] ?? ''

const samples: Readonly<Partial<{ [name: string]: string }>> = {
  q: '公积金',
  object: 'resource',
  state: 'valid',
  limit: '20',
}

/** A command that a reader can paste. Path parameters stay as `{name}` unless `known` has a value. */
export const curl = (origin: string, e: Endpoint, known: Readonly<Partial<{ [name: string]: string }>>): string => {
  const path = e.path.replace(/\{(\w+)\}/g, (whole, name: string) =>
    known[name] ? encodeURIComponent(known[name]) : whole,
  )
  const query = (e.operation.parameters ?? [])
    .filter((p) => p.in === 'query')
    .flatMap((p) =>
      (samples[p.name] ?? known[p.name])
        ? [`${p.name}=${encodeURIComponent(samples[p.name] ?? known[p.name] ?? '')}`]
        : [],
    )
  const url = `'${origin}${path}${query.length > 0 ? `?${query.slice(0, 2).join('&')}` : ''}'`
  const file =
    e.method === 'POST' && !e.operation.requestBody?.content?.['application/json'] ? ' -F file=@登记证.pdf' : ''
  const save = /\.(pdf|svg|xlsx)$/.exec(e.path)
  return `curl${save ? ' -O' : ' -s'}${e.method === 'GET' || file ? '' : ` -X ${e.method}`} ${url}${file}`
}
