import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { NewCase } from './NewCase.tsx'

interface Props {
  readonly collection: string
  readonly term: string
  readonly of: readonly { readonly term: string; readonly kind?: string }[]
  readonly about?: string
  readonly title?: string
  readonly type?: 'primary' | 'default'
}

/** One button for several kinds of new cases: the menu says which. */
export const BeginOneOf = ({ collection, term, of, about, title, type = 'primary' }: Props) => {
  const [kind, choose] = useState<string>()
  if (of.length === 0) return null
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: of.map((b) => ({ key: b.kind ?? '', label: b.term })),
          onClick: ({ key }) => choose(key),
        }}
      >
        <Button type={type} aria-haspopup="menu">
          {term}
        </Button>
      </Dropdown>
      {kind !== undefined && (
        <NewCase
          key={kind}
          collection={collection}
          kind={kind}
          label={of.find((b) => b.kind === kind)?.term ?? term}
          {...(about ? { about } : {})}
          {...(title ? { title } : {})}
          opened={() => choose(undefined)}
        />
      )}
    </>
  )
}
