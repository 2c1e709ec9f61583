export * from './pack.ts'
export * from './resolve.ts'
export * from './calendar.ts'
export * from './divisions.ts'
