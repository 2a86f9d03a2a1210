import { counted } from '@saliency/core'
import { variantLink } from './families.ts'
import { type Html, html } from './html.ts'
import { citation, isReducedOtherwise, type Judging, methodsParagraph } from './methods-paragraph.ts'
import type { StudyRecord, VariantRecord } from './study.ts'

function optionText(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} = ${value === '' ? '(empty)' : String(value)}`)
    .join(', ')
}

/** How maps become one channel, and which checks do it otherwise. */
function reductionOf(checks: StudyRecord['identity']['checks']): string {
  const exceptions = checks
    .filter(isReducedOtherwise)
    .map(({ title, options }) => `${title}: ${String(options['reduction'])}`)
  return ['signed sum over channels, at the resolution that the method returns', ...exceptions].join('; ')
}

function facts({
  identity,
  engine,
  machine,
  created,
  run,
  preset,
  leftOut,
  selfChecks,
}: StudyRecord): [string, string][] {
  const { model, preprocess, images, checks, seed, target, batchSize, perSession, versions } = identity
  const { classes: _, ...fields } = (preprocess ?? {}) as Record<string, unknown>
  return [
    ['run', `${run}${preset === undefined ? '' : ` (preset ${preset})`}, made ${created}`],
    ['model', `${model.name}, SHA-256 of the weights ${model.sha256}`],
    ['preprocessing', JSON.stringify(fields)],
    ...(selfChecks ?? []).map(({ checked, result, detail }): [string, string] => [
      checked,
      result === 'holds' ? detail : `${result}: ${detail}`,
    ]),
    ['images', `${images.count} of ${images.name}`],
    ...(target
      ? [
          [
            'explained',
            `${target.name}, where the checks say the original prediction; the class axis compares it with the same sum of other classes, drawn for each image, or with a direction of the same numbers in another order`,
          ] as [string, string],
        ]
      : []),
    ['seed', `${seed}; every random stream is keyed by it and by what it is for`],
    ['start of the walk', 'one-hot: 1 at the explained logit, unless a variant says otherwise'],
    ['reduction', reductionOf(checks)],
    ...(leftOut
      ? [
          ['left out of all methods', `${leftOut.join(', ')}: they evaluate many images for one map`] as [
            string,
            string,
          ],
        ]
      : []),
    ...checks.map((check): [string, string] => [
      check.title,
      `${check.package} ${check.version}: ${optionText(check.options)}`,
    ]),
    [
      'batch',
      `${counted(batchSize, 'image')}, the last padded; ${counted(perSession, 'variant')} in one session`,
    ],
    ['engine', engine],
    ['machine', machine],
    [
      'versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
  ]
}

/** Everything that changes a number. */
export function protocolSection(record: StudyRecord): Html {
  return html`<table class="facts">
    <tbody>
      ${facts(record).map(
        ([name, text]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${text}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

function variantRow({ id, description, counterpart = '–', options }: VariantRecord): Html {
  return html`<tr>
    <th scope="row">${variantLink(id)}</th>
    <td>${description}</td>
    <td>${counterpart}</td>
    <td><small>${optionText(options)}</small></td>
  </tr>`
}

/** Each method with its sources and its package, and below it what its variants compute and with which options. */
export function variantSection({ identity: { variants } }: StudyRecord): Html {
  const methods = variants.filter(
    ({ method }, at) => variants.findIndex((one) => one.method === method) === at,
  )
  const body = methods.map(
    ({ method, title, references, package: name, version }) =>
      html`<tr>
          <th colspan="4" scope="rowgroup">
            <strong>${title}</strong> <small>${name} ${version}<br />${references.join('; ')}</small>
          </th>
        </tr>
        ${variants.filter((one) => one.method === method).map(variantRow)}`,
  )
  return html`<p>Definitions of variants that no paper states are reconstructions.</p>
    <div class="scroll">
      <table class="variants">
        <thead>
          <tr>
            <th>variant</th>
            <th>what it computes</th>
            <th>counterpart</th>
            <th>options</th>
          </tr>
        </thead>
        <tbody>
          ${body}
        </tbody>
      </table>
    </div>`
}

/** A paragraph and a citation to copy. */
export function methodsSection(record: StudyRecord, judging: Judging): Html {
  return html`<p>${methodsParagraph(record, judging)}</p>
    <pre>${citation(record)}</pre>`
}
