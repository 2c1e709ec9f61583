import { Alert, Button } from 'antd'
import { problemOf } from '../api.ts'

/** A refusal as the person at the desk reads it: what is wrong, on which article it rests, and the way out. */
export const Trouble = ({
  error,
  again,
  refresh,
}: {
  error: unknown
  again?: (() => void) | undefined
  refresh?: (() => void) | undefined
}) => {
  const p = problemOf(error)
  const stale = p.status === 409
  // trying the same again helps only where the request was not judged
  const unjudged = p.code === 'offline' || p.status >= 500 || p.status === 0
  return (
    <Alert
      type={p.code === 'offline' || stale ? 'warning' : 'error'}
      showIcon
      role="alert"
      style={{ marginBottom: 12 }}
      title={p.title}
      description={p.basis ? `依据：${p.basis}` : undefined}
      action={
        stale && refresh ? (
          <Button size="small" onClick={refresh}>
            刷新
          </Button>
        ) : again && unjudged ? (
          <Button size="small" onClick={again}>
            重试
          </Button>
        ) : undefined
      }
    />
  )
}
