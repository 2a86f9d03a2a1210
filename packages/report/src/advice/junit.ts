import { type Html, html } from '../html.ts'
import type { StudySummary } from '../study.ts'
import type { Required } from './requirement.ts'

function caseOf({ variant, axis, outcome, holds, found }: Required): Html {
  const failure = holds ? '' : html`<failure message="found: ${found}"></failure>`
  return html`<testcase classname="${variant}" name="${axis} = ${outcome}">${failure}</testcase>`
}

function suite(name: string, cases: readonly Html[], failures: number, errors: number): Html {
  return html`<testsuite name="${name}" tests="${cases.length}" failures="${failures}" errors="${errors}"
    >${cases}</testsuite
  >`
}

/** Requirements as JUnit XML, which CI servers read: a suite a variant, a case a requirement; failed scores are errors. */
export function junitXml(run: string, required: readonly Required[], { failures }: StudySummary): string {
  const variants = [...new Set(required.map(({ variant }) => variant))]
  const suites = variants.map((variant) => {
    const own = required.filter((one) => one.variant === variant)
    return suite(variant, own.map(caseOf), own.filter(({ holds }) => !holds).length, 0)
  })
  const broken = failures.map(
    ({ variant, check, note, count }) =>
      html`<testcase classname="${variant}" name="${check}"
        ><error message="${note} (${count} times)"></error
      ></testcase>`,
  )
  const all = broken.length === 0 ? suites : [...suites, suite('scores', broken, 0, broken.length)]
  const body = html`<testsuites name="saliency run ${run}">${all}</testsuites>`
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body.html}\n`
}
