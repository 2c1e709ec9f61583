import { useMutation } from '@tanstack/react-query'
import { App, Button, Upload } from 'antd'
import { problemOf, Refused } from '../../api.ts'
import { afterAct } from '../queries.ts'
import type { Problem } from '#contract'

/** Has a sample of an entry's data looked at. What is kept is which formats its columns have, never a value. */
export const SampleButton = ({ item }: { item: string }) => {
  const { message } = App.useApp()
  const look = useMutation({
    mutationFn: async (file: File) => {
      const body = new FormData()
      body.append('file', file)
      const r = await fetch(`/api/items/${item}/sample`, {
        method: 'POST',
        body,
        headers: { 'idempotency-key': crypto.randomUUID() },
      })
      if (!r.ok) throw new Refused((await r.json()) as Problem)
    },
    onSuccess: () => {
      message.success('已识别，样本没有保存；拟定级别时会带入识别结果')
      return afterAct()
    },
    onError: (e) => message.error(problemOf(e).title),
  })
  return (
    <Upload
      accept=".csv,.xlsx,.txt"
      showUploadList={false}
      beforeUpload={(file) => {
        look.mutate(file)
        return false
      }}
    >
      <Button loading={look.isPending} title="只统计各列是否像身份证号、手机号等，样本不保存">
        抽样识别
      </Button>
    </Upload>
  )
}
