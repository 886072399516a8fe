import { useState } from 'react'

type Props = {
  url: string | undefined
  alt: string
  /** CSS pixels of its side at most; the picture is a square. */
  size: number
  /** Shown first: loaded before others. */
  first?: boolean
}

/** A picture of the image service in the width that the screen needs; a plain tile where it cannot be had. */
export function Picture({ url, alt, size, first = false }: Props) {
  const [failed, setFailed] = useState<string>()
  if (url === undefined || failed === url)
    return <span className="picture tile" role="img" aria-label={alt || 'No picture'} />
  return (
    <img
      className="picture"
      src={`${url}?w=${size}`}
      srcSet={`${url}?w=${size} 1x, ${url}?w=${size * 2} 2x`}
      width={size}
      height={size}
      alt={alt}
      loading={first ? 'eager' : 'lazy'}
      fetchPriority={first ? 'high' : 'auto'}
      decoding="async"
      onError={() => setFailed(url)}
    />
  )
}
