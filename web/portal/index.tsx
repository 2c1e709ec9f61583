import './portal.css'
import './opening.css'
import { Route, Routes } from 'react-router'
import { Announcements } from './Announcements.tsx'
import { ApiDocs } from './ApiDocs.tsx'
import { AuthorizationPage, Authorizations } from './Authorizations.tsx'
import { Dataset } from './Dataset.tsx'
import { Consultation } from './Consultation.tsx'
import { Consultations } from './Consultations.tsx'
import { Datasets } from './Datasets.tsx'
import { Demands } from './Demands.tsx'
import { Catalogue, CatalogueNoticePage } from './Catalogue.tsx'
import { Frame } from './Frame.tsx'
import { Help } from './Help.tsx'
import { Home } from './Home.tsx'
import { Item } from './Item.tsx'
import { Items } from './Items.tsx'
import { Logs } from './Logs.tsx'
import { Notice } from './Notice.tsx'
import { Notices } from './Notices.tsx'
import { Experts } from './Experts.tsx'
import { PlatformRules } from './PlatformRules.tsx'
import { Progress } from './Progress.tsx'
import { Record } from './Record.tsx'
import { Registrars } from './Registrars.tsx'
import { RuleLibrary } from './RuleLibrary.tsx'
import { SelectionNotice, Selections } from './Selections.tsx'
import { Verify } from './Verify.tsx'
import { Nothing } from './parts.tsx'

/** 门户: what anyone may read without signing in. */
export const Portal = () => (
  <Routes>
    <Route element={<Frame />}>
      <Route index element={<Home />} />
      <Route path="records/:code" element={<Record />} />
      <Route path="items" element={<Items />} />
      <Route path="items/:id" element={<Item />} />
      <Route path="notices" element={<Notices />} />
      <Route path="notices/:id" element={<Notice />} />
      <Route path="datasets" element={<Datasets />} />
      <Route path="datasets/:id" element={<Dataset />} />
      <Route path="authorizations" element={<Authorizations />} />
      <Route path="authorizations/:id" element={<AuthorizationPage />} />
      <Route path="demands" element={<Demands />} />
      <Route path="opening-progress" element={<Progress />} />
      <Route path="catalogue" element={<Catalogue />} />
      <Route path="catalogue/notices/:id" element={<CatalogueNoticePage />} />
      <Route path="selections" element={<Selections />} />
      <Route path="selections/:id" element={<SelectionNotice />} />
      <Route path="consultations" element={<Consultations />} />
      <Route path="consultations/:id" element={<Consultation />} />
      <Route path="announcements" element={<Announcements />} />
      <Route path="verify" element={<Verify />} />
      <Route path="log" element={<Logs />} />
      <Route path="platform-rules" element={<PlatformRules />} />
      <Route path="experts" element={<Experts />} />
      <Route path="registrars" element={<Registrars />} />
      <Route path="policies" element={<RuleLibrary />} />
      <Route path="api-docs" element={<ApiDocs />} />
      <Route path="help" element={<Help />} />
      <Route path="*" element={<Nothing title="没有这个页面" says="网址可能有误，或页面已经移走。" />} />
    </Route>
  </Routes>
)
