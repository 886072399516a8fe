/** What `OPAQUE_ID` allows, for error messages. */
export const OPAQUE_ID_FORM = '1 to 64 letters, digits, hyphens, underscores and dots, the first not a dot'

/**
 * The form of an id of any domain service: UUIDs, numbers, slugs and the like. A BFF attaches no meaning to an id. The
 * only limits are its length, and that an id is the same text in a path, a query and a comma-separated list: `..` would
 * be another path.
 */
export const OPAQUE_ID = /^[\w-][\w.-]{0,63}$/
