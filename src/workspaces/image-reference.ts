// Whether a text can name an image at all: kubelet refuses what does not parse, and then only once its node is paid for.

// The grammar of distribution/reference: a domain with a dot, a port or capitals; path components in lower case; tag, digest.
const domain =
  /^(?:localhost|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::\d+)?$/;
const component = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const tagText = /^\w[\w.-]{0,127}$/;
const digestText = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;

/** Undefined: it can. Else what is wrong with it, in words that end a sentence. */
export function imageMistake(image: string): string | undefined {
  const at = image.indexOf('@');
  const digest = at === -1 ? undefined : image.slice(at + 1);
  if (digest !== undefined && !digestText.test(digest)) return `"${digest}" is no digest`;
  const named = at === -1 ? image : image.slice(0, at);
  const colon = named.lastIndexOf(':');
  const tag = colon > named.lastIndexOf('/') ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !tagText.test(tag)) return `"${tag}" is no tag`;
  const path = tag === undefined ? named : named.slice(0, colon);
  const [first = '', ...rest] = path.split('/');
  const hasDomain = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  if (hasDomain && !domain.test(first)) return `"${first}" is no registry`;
  const components = hasDomain ? rest : [first, ...rest];
  if (components.some((each) => /[A-Z]/.test(each))) return 'repository name must be lowercase';
  const bad = components.find((each) => !component.test(each));
  return bad === undefined ? undefined : `"${bad}" cannot stand in a repository name`;
}
