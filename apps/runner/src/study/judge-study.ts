import { type JudgeSettings, type Judgement, judgeStudy as judge, type Run } from '@saliency/study'
import { discoverPlugins } from '../discovery/discover.ts'
import { createRegistry } from '../discovery/registry.ts'

/**
 * Judges a run from its rows alone, by the checks that are installed where none are given. An image that could not be
 * read for one weight state counts for none.
 * @throws INVALID_RUN if there are no rows, or damaged ones
 */
export async function judgeStudy(run: Run, settings: Partial<JudgeSettings> = {}): Promise<Judgement> {
  const { checks = createRegistry(await discoverPlugins()).checks, ...others } = settings
  return judge(run, { ...others, checks })
}
