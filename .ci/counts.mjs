// Prints the passed and failed tests of a vitest report (JSON) as two numbers, and writes what failed, and why, to a file.
import { readFileSync, writeFileSync } from 'node:fs';

const [report, failures] = process.argv.slice(2);
const { numPassedTests, numFailedTests, testResults = [] } = JSON.parse(readFileSync(report, 'utf8'));
if (![numPassedTests, numFailedTests].every(Number.isInteger)) throw new TypeError(`${report} has no counts`);

const lines = testResults.flatMap(({ name, status, message, assertionResults = [] }) => {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length > 0)
    return failed.flatMap(({ fullName, failureMessages = [] }) => [
      `  ${name}: ${fullName}`,
      ...failureMessages.flatMap(said),
    ]);
  return status === 'failed' ? [`  ${name}`, ...said(message)] : [];
});
writeFileSync(failures, lines.map((line) => `${line}\n`).join(''));
process.stdout.write(`${numPassedTests} ${numFailedTests}\n`);

/** What a person needs of it; the whole stands further up. */
function said(message = '') {
  return message
    .split('\n')
    .filter((line) => !line.includes('/node_modules/'))
    .slice(0, 12)
    .map((line) => `    ${line.slice(0, 300)}`);
}
