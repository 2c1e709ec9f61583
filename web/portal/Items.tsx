import { useSearchParams } from 'react-router'
import { ItemSearch } from '../items/ItemSearch.tsx'
import { Page } from './parts.tsx'

export const itemPath = (id: string): string => `/items/${id}`

/** 公共数据资源目录: searching what is published of it. */
export const Items = () => {
  const query = useSearchParams()[0].get('q')
  return (
    <Page
      title={query ? `“${query}”的目录查询结果` : '目录查询'}
      lead="各单位公布的公共数据资源和产品，含尚未登记的；看一项数据由谁提供、有哪些信息项、能否共享和开放。"
    >
      <ItemSearch itemPath={itemPath} />
    </Page>
  )
}
