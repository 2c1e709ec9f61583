import type { ActionView } from '#contract'
import { Button, Dropdown } from 'antd'
import { DownOutlined } from '@ant-design/icons'
import { isExit, labelOf } from './review.ts'

/** One filled button: the step itself. Its other ways out beside it, what is merely possible before it, what ends the case behind 更多. */
export const ActionButtons = ({
  actions,
  choose,
  more,
}: {
  actions: readonly ActionView[]
  choose: (action: ActionView) => void
  more: readonly { readonly key: string; readonly label: string; readonly run: () => void }[]
}) => {
  const steps = actions.filter((a) => !a.optional && !isExit(a))
  const exits = actions.filter((a) => !a.optional && isExit(a))
  const possible = actions.filter((a) => a.optional && !a.grave)
  const ends = actions.filter((a) => a.optional && a.grave)
  const near = possible.slice(0, 2)
  const far = [...possible.slice(2), ...ends]
  return (
    <div className="actions" role="group" aria-label="可办理">
      {(far.length > 0 || more.length > 0) && (
        <Dropdown
          trigger={['click']}
          placement="bottomRight"
          menu={{
            items: [
              ...more.map((m) => ({ key: m.key, label: m.label })),
              ...(far.length > 0 && more.length > 0 ? [{ type: 'divider' as const }] : []),
              ...far.map((a) => ({ key: a.act, label: a.term, danger: a.grave })),
            ],
            onClick: ({ key }) => {
              const action = far.find((a) => a.act === key)
              if (action) choose(action)
              else more.find((m) => m.key === key)?.run()
            },
          }}
        >
          <Button>
            更多 <DownOutlined />
          </Button>
        </Dropdown>
      )}
      {near.map((a) => (
        <Button key={a.act} onClick={() => choose(a)}>
          {a.term}
        </Button>
      ))}
      {exits.map((a) => (
        <Button key={a.act} danger onClick={() => choose(a)}>
          {a.term}
        </Button>
      ))}
      {steps.map((a, i) => (
        <Button key={a.act} type={i === 0 ? 'primary' : 'default'} danger={a.grave && i > 0} onClick={() => choose(a)}>
          {labelOf(a, actions)}
        </Button>
      ))}
    </div>
  )
}
