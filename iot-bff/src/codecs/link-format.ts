/** A resource as `/.well-known/core` shows it (RFC 6690). */
export type Link = {
  readonly path: string
  /** CoAP content formats, the default first. */
  readonly formats: readonly number[]
  readonly observable: boolean
}

/** The links, in link format. */
export const encodeLinks = (links: readonly Link[]): Buffer =>
  Buffer.from(
    links
      .map(
        ({ path, formats, observable }) => `<${path}>${observable ? ';obs' : ''};ct="${formats.join(' ')}"`,
      )
      .join(','),
  )
