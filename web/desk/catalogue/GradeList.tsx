import type { GradeListReport, Problem } from '#contract'
import { useMutation } from '@tanstack/react-query'
import { Alert, App, Button, Modal, Upload } from 'antd'
import { useState } from 'react'
import { problemOf, Refused } from '../../api.ts'
import { afterAct } from '../queries.ts'

const post = async (file: File, apply: boolean): Promise<GradeListReport> => {
  const body = new FormData()
  body.append('file', file)
  const r = await fetch(`/api/gradings/list${apply ? '?apply=1' : ''}`, {
    method: 'POST',
    body,
    headers: { 'idempotency-key': crypto.randomUUID() },
  })
  if (!r.ok) throw new Refused((await r.json()) as Problem)
  return (await r.json()) as GradeListReport
}

/** A unit's own list of grades: looked through whole, then proposed for every entry at once. */
export const GradeList = () => {
  const { message } = App.useApp()
  const [file, setFile] = useState<File>()
  const look = useMutation({
    mutationFn: (f: File) => post(f, false),
    onError: (e) => message.error(problemOf(e).title),
  })
  const apply = useMutation({
    mutationFn: (f: File) => post(f, true),
    onSuccess: (r) => {
      message.success(`已按清单拟定 ${r.opened} 项，待复核人确认`)
      setFile(undefined)
      return afterAct()
    },
    onError: (e) => message.error(problemOf(e).title),
  })
  const report = look.data
  return (
    <>
      <Upload
        accept=".xlsx,.csv"
        showUploadList={false}
        beforeUpload={(f) => {
          setFile(f)
          look.mutate(f)
          return false
        }}
      >
        <Button loading={look.isPending}>上传分类分级清单</Button>
      </Upload>
      <Modal
        open={file !== undefined && report !== undefined}
        title="核对分类分级清单"
        width={760}
        okText={`按清单拟定 ${report?.entries.length ?? 0} 项`}
        okButtonProps={{ disabled: !report || report.problems.length > 0 || report.entries.length === 0 }}
        confirmLoading={apply.isPending}
        onOk={() => file && apply.mutate(file)}
        onCancel={() => setFile(undefined)}
      >
        {report && report.problems.length > 0 && (
          <>
            <Alert
              type="warning"
              showIcon
              title={`有 ${report.problems.length} 处需要改正，改好后重新上传；在此之前什么都不会写入`}
            />
            <ul className="plain-list">
              {report.problems.slice(0, 100).map((p, i) => (
                <li key={i}>
                  第 {p.line} 行：{p.says}
                </li>
              ))}
            </ul>
          </>
        )}
        {report && report.problems.length === 0 && (
          <table className="cases plain">
            <thead>
              <tr>
                <th scope="col">目录项</th>
                <th scope="col">级别</th>
                <th scope="col">由谁认定</th>
              </tr>
            </thead>
            <tbody>
              {report.entries.map((e) => (
                <tr key={e.id}>
                  <td>
                    {e.name}
                    {e.alike > 1 && <small>（同名 {e.alike} 项，没有代码可以区分，一并拟定）</small>}
                  </td>
                  <td>{e.grade}</td>
                  <td>{e.decides}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Modal>
    </>
  )
}
