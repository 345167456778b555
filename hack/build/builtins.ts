// Reaches Node's built-in modules through require, so that a bundle links on a Node that lacks some of their exports.
import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

const namespace = 'node-builtin';

/**
 * A static import of a name that an old Node's built-in does not export is a SyntaxError before the first line runs, and the
 * check of the Node version would never be reached. Needs `require` in the banner.
 */
export const builtinsThroughRequire: Plugin = {
  name: 'builtins-through-require',
  setup(build) {
    build.onResolve({ filter: /^[a-z:_/0-9]+$/ }, ({ path, kind }) =>
      isBuiltin(path) && (kind === 'import-statement' || kind === 'dynamic-import')
        ? { path: path.replace(/^node:/, ''), namespace }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(`node:${path}`)});`,
    }));
  },
};
