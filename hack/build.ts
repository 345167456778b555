// `npm run build`: dist/main.js, the controller as one file, with the licences of what is in it.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from './build/bundle.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
await rm(dist, { recursive: true, force: true });
const { bytes, packages, licences } = await bundle({
  entry: join(root, 'src/main.ts'),
  outfile: join(dist, 'main.js'),
});
await writeFile(join(dist, 'LICENSES.txt'), licences);
console.log(`dist/main.js: ${(bytes / 1e6).toFixed(1)} MB, with code of ${packages} packages (dist/LICENSES.txt)`);
