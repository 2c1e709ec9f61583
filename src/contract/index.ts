export * from './refusal.ts'
export * from './json.ts'
export * from './form.ts'
export * from './api.ts'
