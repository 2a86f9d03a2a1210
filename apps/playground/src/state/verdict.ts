import { signal } from '@preact/signals'
import type { Judged } from '../protocol.ts'

/** Said while a study runs. */
export const judgingText = 'Judging: groups of eight pictures under each state of the weights'

/** The verdicts that are there. */
export const judged = signal<Judged | undefined>(undefined)
/** Pictures that are judged. */
export const judgedCount = signal(8)
