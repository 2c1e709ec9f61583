import { Button, Result } from 'antd'

/** What is left when a page itself fails: never a blank screen. */
export const Crash = () => (
  <Result
    status="error"
    title="页面出错了"
    subTitle="已填写并自动保存的草稿不受影响。请刷新；仍有问题时联系管理员。"
    extra={[
      <Button key="again" type="primary" onClick={() => location.reload()}>
        刷新
      </Button>,
      <Button key="home" href="/desk">
        回到工作台
      </Button>,
    ]}
  />
)
