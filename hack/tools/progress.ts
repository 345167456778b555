// Tells a person that a long build is alive: one line that is rewritten on a terminal, a line now and then elsewhere.
import { performance } from 'node:perf_hooks';

// A log should show that the build lives without becoming the log of the build.
const logEveryMs = 30_000;

export interface Progress {
  step(): void;
  done(outcome: string): void;
}

export function startProgress(name: string, out: NodeJS.WriteStream): Progress {
  const started = performance.now();
  let packages = 0;
  let lastMs = started;
  const show = (text: string, end: string): void => {
    const seconds = Math.round((performance.now() - started) / 1000);
    const line = `${name.padEnd(24)} ${text} ${seconds} s`;
    out.write(out.isTTY ? `\r\u001B[2K${line}${end}` : `${line}\n`);
  };
  if (out.isTTY) show('building', '');
  else out.write(`${name.padEnd(24)} building\n`);
  return {
    step(): void {
      packages += 1;
      if (!out.isTTY && performance.now() - lastMs < logEveryMs) return;
      lastMs = performance.now();
      show(`${packages} packages`, '');
    },
    done(outcome): void {
      show(outcome, '\n');
    },
  };
}
