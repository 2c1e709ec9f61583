export * from './upload.ts'
export * from './excel.ts'
export { renderCertificate } from './certificate.ts'
export * from './tableExport.ts'
