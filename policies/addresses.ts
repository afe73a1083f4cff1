/** Blocks of addresses, as rules judge them. */

/**
 * Everybody, or so much of everybody that it comes to the same: two blocks `/1` are the internet as well as one `/0`, and
 * nobody's own network is larger than a `/8` (of IPv6 a `/8` is as far from anybody's own: the smallest that a registry
 * gives to the whole world's providers is longer). Azure has words for it.
 */
export const everybody = /^(\*|Internet|Any)$|\/0*[0-7]$/i;
