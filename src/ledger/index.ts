export * from './canonical.ts'
export * from './commitment.ts'
