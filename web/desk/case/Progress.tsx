import type { ProgressView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { Progress as Bar } from 'antd'
import { useEffect, useRef } from 'react'
import { get, queries } from '../../api.ts'

/** How far long work on this case has come, asked for while it is under way; when it ends the case is read anew. */
export const Progress = ({ collection, id }: { collection: string; id: string }) => {
  const { data } = useQuery({
    queryKey: ['progress', collection, id],
    queryFn: ({ signal }) => get<ProgressView>(`/${collection}/${id}/progress`, undefined, signal),
    refetchInterval: 1500,
  })
  const seen = useRef(0)
  const done = data?.done ?? 0
  useEffect(() => {
    // the last stretch is told by the case itself
    if (data && data.done >= data.total && seen.current !== done)
      void queries.invalidateQueries({ queryKey: ['case', collection, id] })
    seen.current = done
  }, [collection, data, done, id])
  useEffect(() => {
    const timer = setInterval(() => void queries.invalidateQueries({ queryKey: ['case', collection, id] }), 5000)
    return () => clearInterval(timer)
  }, [collection, id])
  const share = data && data.total > 0 ? Math.floor((data.done * 100) / data.total) : 0
  return (
    <div className="card progress" role="status">
      <p>
        {data?.says ?? '正在等待处理'}
        {data && data.total > 0 && (
          <span className="muted">
            {' '}
            {data.done.toLocaleString('zh-CN')} / {data.total.toLocaleString('zh-CN')}
          </span>
        )}
      </p>
      <Bar percent={share} size="small" aria-label="进度" />
      <p className="muted small">可以离开本页，处理不会中断。</p>
    </div>
  )
}
