import './desk.css'
import { Navigate, Route, Routes } from 'react-router'
import { Access } from './Access.tsx'
import { Calendar } from './Calendar.tsx'
import { Frame } from './Frame.tsx'
import { Important } from './catalogue/Important.tsx'
import { NewTicket } from './catalogue/NewTicket.tsx'
import { QualityPage } from './catalogue/QualityOverview.tsx'
import { KeepingPage } from './KeepingPage.tsx'
import { LogEntries } from './LogEntries.tsx'
import { Notices } from './Notices.tsx'
import { Tasks } from './Tasks.tsx'
import { CasePage } from './case/CasePage.tsx'
import { Dossier } from './case/Dossier.tsx'
import { DraftPage } from './draft/DraftPage.tsx'
import { ListPage } from './list/ListPage.tsx'

/** 工作台: everything behind sign-in. */
export const Desk = () => (
  <Routes>
    <Route element={<Frame />}>
      <Route index element={<Navigate to="/desk/tasks" replace />} />
      <Route path="tasks" element={<Tasks />} />
      <Route path="notices" element={<Notices />} />
      <Route path="calendar" element={<Calendar />} />
      <Route path="access" element={<Access />} />
      <Route path="log" element={<LogEntries />} />
      <Route path="keeping" element={<KeepingPage />} />
      <Route path="important" element={<Important />} />
      <Route path="quality" element={<QualityPage />} />
      <Route path="tickets/new/:item" element={<NewTicket />} />
      <Route path="applications/:id/edit" element={<DraftPage />} />
      <Route path=":collection" element={<ListPage />} />
      <Route path=":collection/:id" element={<CasePage />} />
      <Route path=":collection/:id/print" element={<Dossier />} />
    </Route>
  </Routes>
)
