// Late binding between tags that navigate and the router, which itself needs the tags.
let router
export const setRouter = (r) => (router = r)
export const go = (name, options) => router[name](options)
