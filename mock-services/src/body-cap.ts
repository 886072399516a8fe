import type { RequestListener } from 'node:http'

/** More than any call of any client carries. */
const MAX_BODY_BYTES = 1_048_576

/** Answers 413 to a request that announces a larger body, and cuts one that grows larger, whoever reads it. */
export const capped =
  (listener: RequestListener): RequestListener =>
  (req, res) => {
    if (Number(req.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
      res.writeHead(413, { connection: 'close' }).end()
      return
    }
    let received = 0
    const push = req.push.bind(req)
    req.push = (chunk, encoding) => {
      received += chunk?.length ?? 0
      if (received <= MAX_BODY_BYTES) return push(chunk, encoding)
      req.destroy()
      return false
    }
    listener(req, res)
  }
