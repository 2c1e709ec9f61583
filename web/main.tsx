import './app.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { App, ConfigProvider } from 'antd'
import zh from 'antd/locale/zh_CN'
import { StrictMode, Suspense, lazy } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider, createBrowserRouter } from 'react-router'
import { queries } from './api.ts'
import { Crash } from './frame/Crash.tsx'
import { useLarge } from './frame/large.ts'
import { theme } from './theme.ts'

const Portal = lazy(async () => ({ default: (await import('./portal/index.tsx')).Portal }))
const Desk = lazy(async () => ({ default: (await import('./desk/index.tsx')).Desk }))
const SignIn = lazy(async () => ({ default: (await import('./entry/SignIn.tsx')).SignIn }))
const SignUp = lazy(async () => ({ default: (await import('./entry/SignUp.tsx')).SignUp }))
const Invitation = lazy(async () => ({ default: (await import('./entry/Invitation.tsx')).Invitation }))

const router = createBrowserRouter([
  {
    errorElement: <Crash />,
    children: [
      { path: '/desk/*', element: <Desk /> },
      { path: '/sign-in', element: <SignIn /> },
      { path: '/sign-up', element: <SignUp /> },
      { path: '/invitation/:token', element: <Invitation /> },
      { path: '/*', element: <Portal /> },
    ],
  },
])

const Root = () => {
  const { large } = useLarge()
  return (
    <ConfigProvider locale={zh} theme={theme(large)} button={{ autoInsertSpace: false }} form={{ requiredMark: true }}>
      <App component={false}>
        <Suspense fallback={<p className="unseen">正在打开…</p>}>
          <RouterProvider router={router} />
        </Suspense>
      </App>
    </ConfigProvider>
  )
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Root />
    </QueryClientProvider>
  </StrictMode>,
)
