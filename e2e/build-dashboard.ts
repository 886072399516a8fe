/** Before the tests of whole processes: the page that the web BFF serves. */
export { buildDashboard as setup } from '../scripts/build-dashboard.ts'
