export * from './logs.ts'
export * from './memory.ts'
export * from './server.ts'
