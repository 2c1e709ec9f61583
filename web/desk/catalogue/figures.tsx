import './quality.css'
import type { ItemQuality } from '#contract'

/** Hundredths of a point as points: 98.37, whole where they are whole, and never 100 where something failed. */
export const points = (score: number): string => (score % 100 === 0 ? String(score / 100) : (score / 100).toFixed(2))
/** Change as it is said: +2.37, −1. */
export const change = (by: number): string => (by === 0 ? '持平' : `${by > 0 ? '+' : '−'}${points(Math.abs(by))}`)
/** A share of a million rows in percent: small ones do not vanish. */
export const percent = (ofMillion: number): string =>
  ofMillion === 0 ? '0%' : ofMillion < 100 ? '<0.01%' : `${Number((ofMillion / 10_000).toFixed(2))}%`
export const count = (n: number): string => n.toLocaleString('zh-CN')

/** Points in the colour of what they mean. */
export const toneOfScore = (score: number): 'pass' | 'warn' | 'blocked' =>
  score >= 9000 ? 'pass' : score >= 6000 ? 'warn' : 'blocked'

const around = 2 * Math.PI * 42

/** The score as a ring that is as full as it is high. */
export const Ring = ({ score, verdict }: { score: number | undefined; verdict: string }) => (
  <svg viewBox="0 0 100 100" role="img" aria-label={score === undefined ? '没有得分' : `得分 ${points(score)}`}>
    <circle className="track" cx="50" cy="50" r="42" fill="none" strokeWidth="8" />
    {score !== undefined && score > 0 && (
      <g className={verdict}>
        <circle
          className="value"
          cx="50"
          cy="50"
          r="42"
          fill="none"
          strokeWidth="8"
          strokeDasharray={`${(around * score) / 10_000} ${around}`}
          transform="rotate(-90 50 50)"
        />
      </g>
    )}
    <text x="50" y="56" textAnchor="middle" fontSize="21">
      {score === undefined ? '—' : points(score)}
    </text>
    <text className="unit" x="50" y="71" textAnchor="middle" fontSize="10">
      分
    </text>
  </svg>
)

export const Bar = ({ score }: { score: number }) => (
  <span className={`bar-track ${toneOfScore(score)}`}>
    <i style={{ width: `${score / 100}%` }} />
  </span>
)

/** The last runs, the newest at the right; a blocked one is a filled red dot. */
export const Trend = ({ runs }: { runs: ItemQuality['runs'] }) => {
  const scored = runs.filter((r) => r.score !== undefined).slice(-12)
  if (scored.length < 2) return null
  const [w, h, pad] = [208, 64, 6]
  const low = Math.min(...scored.map((r) => r.score!), 9000)
  const x = (i: number): number => pad + (i * (w - 2 * pad)) / (scored.length - 1)
  const y = (s: number): number => h - pad - ((s - low) * (h - 2 * pad)) / Math.max(1, 10_000 - low)
  return (
    <figure className="trend" style={{ margin: 0 }}>
      <svg
        viewBox={`0 0 ${w} ${h}`}
        role="img"
        aria-label={`最近 ${scored.length} 次得分：${scored.map((r) => `${r.day} ${points(r.score!)}`).join('，')}`}
      >
        <line className="grid" x1="0" x2={w} y1={y(10_000)} y2={y(10_000)} />
        <line className="grid" x1="0" x2={w} y1={y(low)} y2={y(low)} />
        <polyline className="line" points={scored.map((r, i) => `${x(i)},${y(r.score!)}`).join(' ')} />
        {scored.map((r, i) => (
          <circle key={i} className={r.verdict} cx={x(i)} cy={y(r.score!)} r="3">
            <title>{`${r.day} ${r.phase} ${points(r.score!)} 分`}</title>
          </circle>
        ))}
      </svg>
      <figcaption className="muted small">最近 {scored.length} 次检查</figcaption>
    </figure>
  )
}
