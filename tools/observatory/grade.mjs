// Grades saved answers by the rules of the Mozilla HTTP Observatory, offline,
// and looks for faults in their policies with Google's CSP evaluator. The exit
// status tells whether every answer is good enough.
import fs from 'node:fs';

// The scanner wants a list of sites that browsers know as https-only, which it
// would fetch at its installation. A deployment of ours is on no such list.
const read = fs.readFileSync;
fs.readFileSync = (path, ...rest) => (String(path).endsWith('hsts-preload.json') ? '{}' : read(path, ...rest));

const { AxiosHeaders } = await import('axios');
const { ALL_TESTS } = await import('@mdn/mdn-http-observatory/src/constants.js');
const { Requests } = await import('@mdn/mdn-http-observatory/src/types.js');
const { Session } = await import('@mdn/mdn-http-observatory/src/retriever/session.js');
const { getGradeForScore, getScoreModifier } = await import('@mdn/mdn-http-observatory/src/grader/grader.js');
const { CspEvaluator } = await import('csp_evaluator/dist/evaluator.js');
const { CspParser } = await import('csp_evaluator/dist/parser.js');
const { Severity } = await import('csp_evaluator/dist/finding.js');

const WANTED = 120;

/** requestsOf makes what the scanner would have fetched of a saved answer. */
function requestsOf({ status, headers, body }) {
  const requests = new Requests('app.example.com');
  const response = () => ({
    status, statusText: '', verified: true, data: body, config: { headers: new AxiosHeaders() },
    headers: new AxiosHeaders(headers), request: { headers: new AxiosHeaders() },
  });
  requests.responses.auto = response();
  requests.responses.https = response();
  requests.responses.cors = response();
  requests.responses.http = null; // nothing answers there: the app's port does not redirect, see ASVS 4.1.2
  requests.resources.path = body;
  requests.session = new Session(new URL('https://app.example.com/'));
  return requests;
}

function grade(answer) {
  const results = ALL_TESTS.map((test) => test(requestsOf(answer)));
  const changes = results.map((r) => [r.constructor.name, r.result, getScoreModifier(r.result)]);
  const score = 100 + changes.reduce((sum, [, , change]) => sum + change, 0);
  return { ...getGradeForScore(score), score, changes };
}

function faultsOf(policy) {
  const findings = new CspEvaluator(new CspParser(policy).csp).evaluate();
  return findings.filter((f) => f.severity <= Severity.MEDIUM).map((f) => `${f.directive}: ${f.description}`);
}

let bad = false;
for (const [name, answer] of Object.entries(JSON.parse(read(process.argv[2], 'utf8')))) {
  const { grade: letter, score, changes } = grade(answer);
  const faults = faultsOf(answer.headers['Content-Security-Policy'] ?? '');
  bad ||= score < WANTED || faults.length > 0;
  console.log(`${name}: ${letter} ${score}, policy ${faults.length === 0 ? 'without a fault' : faults.join('; ')}`);
  for (const [rule, result, change] of changes) {
    if (change < 0 || score < WANTED) console.log(`  ${rule}: ${result} ${change}`);
  }
}
process.exit(bad ? 1 : 0);
