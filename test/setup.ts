export { stopTestServer as teardown } from '../src/store/testing.ts'
