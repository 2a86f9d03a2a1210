import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { counted } from '@saliency/core'
import { accuracySentence, imagesPage } from '@saliency/report'
import { writeAtomically } from '@saliency/study/system'
import type { MapEntry } from '@saliency/toolkit/steps'
import type { ExplainFlags } from './discover.ts'
import type { Terminal } from './terminal.ts'

/** Says that maps of an earlier command lie beside those that are listed now. */
function sayEarlier(
  earlier: readonly string[],
  maps: readonly MapEntry[],
  out: string,
  terminal: Terminal,
): void {
  const own = new Set(maps.map(({ overlay }) => overlay))
  const left = earlier.filter((overlay) => !own.has(overlay) && existsSync(resolve(out, overlay)))
  if (left.length > 0)
    terminal.error(
      `${counted(left.length, 'map')} of an earlier command ${left.length === 1 ? 'lies' : 'lie'} in ${out} too (${left[0]}${left.length > 1 ? ', …' : ''}); maps.json and the pages list those of this one.`,
    )
}

/** The overlays that a folder's `maps.json` lists; none where there is no such file. */
function overlaysIn(out: string): readonly string[] {
  try {
    const { maps } = JSON.parse(readFileSync(resolve(out, 'maps.json'), 'utf8')) as { maps: MapEntry[] }
    return maps.map(({ overlay }) => overlay)
  } catch {
    return []
  }
}

/** Writes what lists all maps, for programs and for people, and says where. */
export function writeListing(
  listing: { readonly maps: readonly MapEntry[]; readonly accuracy?: { right: number; labelled: number } },
  { out, json }: ExplainFlags,
  terminal: Terminal,
): void {
  const images = [...new Set(listing.maps.map(({ image }) => image))]
  sayEarlier(overlaysIn(out), listing.maps, out, terminal)
  writeAtomically(resolve(out, 'maps.json'), `${JSON.stringify(listing, undefined, 2)}\n`)
  if (images.length > 0)
    writeAtomically(
      resolve(out, 'index.html'),
      imagesPage(`Maps of ${counted(images.length, 'image')}`, images),
    )
  if (json) return terminal.out(JSON.stringify(listing))
  if (listing.accuracy) terminal.out(accuracySentence(listing.accuracy))
  terminal.out(
    `${counted(listing.maps.length, 'map')} of ${counted(images.length, 'image')}: open ${join(out, 'index.html')}; contact-sheet.png in each image's folder, all listed in maps.json.`,
  )
}
