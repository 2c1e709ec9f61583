import './desk.css'
import { Navigate, Route, Routes } from 'react-router'
import { Access } from './Access.tsx'
import { Calendar } from './Calendar.tsx'
import { Frame } from './Frame.tsx'
import { Important } from './catalogue/Important.tsx'
import { ImportPage } from './importing/ImportPage.tsx'
import { NewTicket } from './catalogue/NewTicket.tsx'
import { NewSubjectRequest } from './platform/NewSubjectRequest.tsx'
import { QualityPage } from './catalogue/QualityOverview.tsx'
import { HandoverPaper } from './exit/HandoverPaper.tsx'
import { OrderPaper } from './exit/OrderPaper.tsx'
import { KeepingPage } from './KeepingPage.tsx'
import { LogEntries } from './LogEntries.tsx'
import { Notices } from './Notices.tsx'
import { Tasks } from './Tasks.tsx'
import { CasePage } from './case/CasePage.tsx'
import { Dossier } from './case/Dossier.tsx'
import { CataloguePage } from './catalogue/CataloguePage.tsx'
import { ConflictsPage } from './catalogue/ConflictsPage.tsx'
import { LedgerPage } from './catalogue/LedgerPage.tsx'
import { ProgressPage } from './catalogue/ProgressPage.tsx'
import { ReconcilePage } from './catalogue/ReconcilePage.tsx'
import { DraftPage } from './draft/DraftPage.tsx'
import { ListPage } from './list/ListPage.tsx'
import { PlanEditor } from './plan/PlanEditor.tsx'
import { ProgrammePage } from './programme/ProgrammePage.tsx'
import { DirectoryPage } from './sharing/DirectoryPage.tsx'
import { PurchasesPage } from './sharing/PurchasesPage.tsx'
import { StatisticsPage } from './sharing/StatisticsPage.tsx'
import { SupplyListPage, SupplyPage } from './supply/SupplyPage.tsx'

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
      <Route path="sharing" element={<DirectoryPage />} />
      <Route path="sharing/statistics" element={<StatisticsPage />} />
      <Route path="purchases" element={<PurchasesPage />} />
      <Route path="catalogue" element={<CataloguePage />} />
      <Route path="catalogue/overview" element={<LedgerPage />} />
      <Route path="catalogue/progress" element={<ProgressPage />} />
      <Route path="catalogue/conflicts" element={<ConflictsPage />} />
      <Route path="catalogue/reconcile" element={<ReconcilePage />} />
      <Route path="quality" element={<QualityPage />} />
      <Route path="tickets/new/:item" element={<NewTicket />} />
      <Route path="subject-requests/new/:item" element={<NewSubjectRequest />} />
      <Route path="applications/:id/edit" element={<DraftPage />} />
      <Route path="plans/:id/edit" element={<PlanEditor />} />
      <Route path="programmes" element={<ProgrammePage />} />
      <Route path="imports/:id" element={<ImportPage />} />
      <Route path="exits/:id/handover" element={<HandoverPaper />} />
      <Route path="suspensions/:id/order" element={<OrderPaper />} />
      <Route path="supply" element={<SupplyListPage />} />
      <Route path="supply/:id" element={<SupplyPage />} />
      <Route path=":collection" element={<ListPage />} />
      <Route path=":collection/:id" element={<CasePage />} />
      <Route path=":collection/:id/print" element={<Dossier />} />
    </Route>
  </Routes>
)
