// Entry: answers an old Node in one line before any modern file is loaded, so nothing may be imported here at the top.
const [major = '0'] = process.versions.node.split('.');
if (Number(major) < 24) {
  process.stderr.write(
    `gpu-provisioner needs Node 24 or newer; ${process.execPath} is Node ${process.versions.node}\n`,
  );
  process.exit(1);
}
const { main } = await import('./cli/main.ts');
process.exit(await main({ argv: process.argv.slice(2), env: process.env, file: process.argv[1] }));
