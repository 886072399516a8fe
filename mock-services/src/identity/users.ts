import { customer, customerNumber, customerNumbers } from '../seed/customers.ts'
import { PASSWORD, STAFF } from '../seed/people.ts'

export type User = {
  id: string
  username: string
  name: string
  email: string
  locale: string
  roles: readonly string[]
}

const staff: User[] = STAFF.map(({ id, username, name, roles }) => ({
  id,
  username,
  name,
  email: username,
  locale: 'en-GB',
  roles,
}))

/** The user of a `sub`: a customer or one of the staff. */
export function userById(id: string): User | undefined {
  const number = customerNumber(id)
  if (number === undefined) return staff.find((user) => user.id === id)
  const { email, displayName, locale } = customer(number)
  return { id, username: email, name: displayName, email, locale, roles: ['customer'] }
}

/** The user who logs in with this name and password; every customer can, with the e-mail address. */
export function userByLogin(username: string, password: string): User | undefined {
  if (password !== PASSWORD) return undefined
  const name = username.trim().toLowerCase()
  const found = staff.find((user) => user.username === name)
  if (found) return found
  const number = customerNumbers.find((n) => customer(n).email === name)
  return number === undefined ? undefined : userById(`c${number}`)
}
