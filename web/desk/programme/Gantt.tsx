import type { ProgrammeOverview } from '#contract'
import { useMemo } from 'react'
import { Chart, tones } from '../catalogue/Chart.tsx'

type Programme = ProgrammeOverview['programmes'][number]

const dayNo = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 86_400_000
const dayOf = (n: number): string => new Date(n * 86_400_000).toISOString().slice(0, 10)

/** Steps against time: each ends on its day; how many units have reached it fills it. */
export const Gantt = ({
  programme: p,
  day,
  pick,
}: {
  programme: Programme
  day: string
  pick: (key: string) => void
}) => {
  const steps = useMemo(() => [...p.milestones].sort((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : 0)), [p])
  const option = useMemo(() => {
    const zero = dayNo(p.begins)
    const end = Math.max(...steps.map((m) => dayNo(m.due)), zero)
    const firsts: number[] = []
    for (let [y, m] = [Number(p.begins.slice(0, 4)), Number(p.begins.slice(5, 7))]; ; m === 12 ? ((m = 1), y++) : m++) {
      const n = dayNo(`${y}-${String(m).padStart(2, '0')}-01`)
      if (n > end + 31) break
      firsts.push(n - zero)
    }
    const from = steps.map((m) => {
      // a step due a day after another does not begin with it
      const earlier = steps.map((x) => dayNo(x.due)).filter((n) => n + 15 <= dayNo(m.due))
      return earlier.length > 0 ? Math.max(...earlier) - zero : 0
    })
    const long = steps.map((m, i) => Math.max(4, dayNo(m.due) - zero - from[i]!))
    const share = (n: number, i: number): number => (steps[i]!.of === 0 ? 0 : (long[i]! * n) / steps[i]!.of)
    const bar = (name: string, color: string, data: readonly number[], more: object = {}) => ({
      name,
      type: 'bar' as const,
      stack: 'one',
      barWidth: 15,
      itemStyle: { color },
      data,
      ...more,
    })
    const rest = steps.map((m, i) => long[i]! - share(m.met, i) - share(m.late, i))
    const today = dayNo(day) - zero
    return {
      grid: { left: 8, right: 96, top: 26, bottom: 6, containLabel: true },
      xAxis: {
        type: 'value' as const,
        position: 'top' as const,
        min: Math.min(0, firsts[0] ?? 0),
        max: end - zero + 4,
        axisLabel: {
          customValues: firsts,
          color: tones.ink2,
          formatter: (n: number) => {
            const d = dayOf(n + zero)
            return d.slice(5, 7) === '01' ? `${d.slice(0, 4)}年1月` : `${Number(d.slice(5, 7))}月`
          },
        },
        axisTick: { customValues: firsts },
        splitLine: { show: false },
        axisLine: { show: true, lineStyle: { color: tones.line } },
      },
      yAxis: {
        type: 'category' as const,
        inverse: true,
        data: steps.map((m) => `${m.term}${m.common ? '（共同）' : ''}`),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: tones.line } },
        axisLabel: { color: '#1b2430', fontSize: 13 },
      },
      series: [
        bar('', 'transparent', from, { silent: true }),
        bar(
          '已完成',
          tones.green,
          steps.map((m, i) => share(m.met, i)),
        ),
        bar(
          '逾期未完成',
          tones.red,
          steps.map((m, i) => share(m.late, i)),
        ),
        bar('未到期', tones.soft, rest, {
          label: {
            show: true,
            position: 'right',
            color: tones.ink2,
            formatter: ({ dataIndex: i }: { dataIndex: number }) => {
              const m = steps[i]!
              return `${m.due.slice(5)}  ${m.met}/${m.of}`
            },
          },
          ...(today >= 0 && today <= end - zero + 4
            ? {
                markLine: {
                  silent: true,
                  symbol: 'none',
                  lineStyle: { color: tones.amber, type: 'solid', width: 1.5 },
                  label: { formatter: '今天', color: tones.amber, position: 'end' },
                  data: [{ xAxis: today }],
                },
              }
            : {}),
        }),
      ],
    }
  }, [p, steps, day])
  return <Chart option={option} height={3.2 + steps.length * 2} pick={(i) => pick(steps[i]!.key)} />
}
