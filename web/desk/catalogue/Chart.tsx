import type { EChartsCoreOption } from 'echarts/core'
import type { ReactNode } from 'react'
import { useEffect, useRef } from 'react'

interface Props {
  readonly option: EChartsCoreOption
  /** Height in rem. */
  readonly height: number
  /** A part was chosen, by its number. */
  readonly pick: (index: number, series: number) => void
}

/** Draws a chart. It is for the eye only: what it shows stands in a table beside it. */
export const Chart = ({ option, height, pick }: Props) => {
  const box = useRef<HTMLDivElement>(null)
  const latest = useRef(pick)
  latest.current = pick
  useEffect(() => {
    let over = false
    let tidy = (): void => undefined
    void import('./echarts.ts').then(({ init }) => {
      if (over || !box.current) return
      const chart = init(box.current, undefined, { renderer: 'svg' })
      // named, not inherited: the library measures words before it sets them
      chart.setOption({
        animation: false,
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
        ...option,
      })
      chart.on('click', (e) => latest.current(e.dataIndex ?? 0, e.seriesIndex ?? 0))
      const watch = new ResizeObserver(() => chart.resize())
      watch.observe(box.current)
      tidy = () => {
        watch.disconnect()
        chart.dispose()
      }
    })
    return () => {
      over = true
      tidy()
    }
  }, [option])
  return <div ref={box} className="chart" style={{ height: `${height}rem` }} aria-hidden="true" />
}

/** A chart with its heading, and the same as a table whose rows lead where the parts of the chart lead. */
export const Figure = ({
  title,
  note,
  chart,
  table,
  open = false,
}: {
  title: string
  note?: ReactNode
  chart: ReactNode
  table: ReactNode
  open?: boolean
}) => (
  <figure className="card figure">
    <figcaption>
      <h2>{title}</h2>
      {note && <span className="muted small">{note}</span>}
    </figcaption>
    {chart}
    <details open={open}>
      <summary>数据表</summary>
      <div className="wide-table">{table}</div>
    </details>
  </figure>
)

/** The colours of the desk, where a chart needs them as values. */
export const tones = {
  blue: '#1f4e9e',
  soft: '#c3d2ec',
  grey: '#c9d1da',
  amber: '#c98a1b',
  red: '#b3261e',
  green: '#2f7d57',
  ink2: '#4a5666',
  line: '#e3e7ec',
} as const
