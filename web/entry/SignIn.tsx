import type { Me, Persona } from '#contract'
import { useMutation } from '@tanstack/react-query'
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router'
import { nowActing, send, useClock, useMe } from '../api.ts'
import { Banner } from '../frame/Banner.tsx'
import { PersonaCards } from '../frame/PersonaCards.tsx'
import { Trouble } from '../ui/Trouble.tsx'
import { useTitle } from '../ui/title.ts'
import { EntryPage } from './EntryPage.tsx'
import { SignInForm } from './SignInForm.tsx'

/** Only places of our own, so that a crafted link cannot lead away after signing in. */
const placeOf = (to: string | null): string =>
  to?.startsWith('/') && !to.startsWith('//') && !to.includes('\\') ? to : '/desk'

export const SignIn = () => {
  const me = useMe()
  const clock = useClock()
  const navigate = useNavigate()
  const [params] = useSearchParams()
  const place = placeOf(params.get('to'))
  useTitle('登录')
  const become = useMutation({
    mutationFn: (p: Persona) => send<Me>('POST', '/demo/persona', { person: p.person, org: p.org }),
    onSuccess: (who) => {
      nowActing(who)
      void navigate(place)
    },
  })
  if (me && !become.isPending) return <Navigate to={place} replace />
  return (
    <>
      <Banner />
      <EntryPage wide={clock?.simulated === true}>
        {clock?.simulated && (
          <section className="entry-side" aria-label="演示角色">
            <h2>选择一个角色体验</h2>
            <p className="muted small">演示库中的单位、人员与数据均为虚构，登记码不具效力。</p>
            {become.isError && <Trouble error={become.error} />}
            <PersonaCards choose={(p) => become.mutate(p)} busy={become.isPending} />
          </section>
        )}
        <section className="entry-main">
          <h1>登录工作台</h1>
          <SignInForm done={() => void navigate(place)} />
          <p className="sub" style={{ marginTop: 16 }}>
            单位人员由管理员邀请开通。公众提出异议、申请更正，请先<Link to="/sign-up">注册</Link>。
          </p>
        </section>
      </EntryPage>
    </>
  )
}
