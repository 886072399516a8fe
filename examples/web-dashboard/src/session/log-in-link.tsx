import { logInAddress } from './store.ts'

/** A link away from the page: back to where the user is when they click, which may have changed by then. */
export const LogInLink = () => (
  <a
    className="button primary"
    href="/auth/login"
    onClick={(event) => {
      event.currentTarget.href = logInAddress()
    }}
  >
    Log in
  </a>
)
