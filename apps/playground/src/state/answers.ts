import type { PageFunctions, Question } from '../protocol.ts'
import { asked, cardOf, engineLine, progress } from './state.ts'
import { judgingText } from './verdict.ts'

/** Answers travel as copies, and those of an older question may still be on their way. */
const isAsked = (question: Question) => JSON.stringify(question) === JSON.stringify(asked.value)

/** What the page does with what the worker tells it. */
export const answers: PageFunctions = {
  map(question, facts) {
    if (!isAsked(question)) return
    const card = cardOf(facts.id)
    // The chance level of another class is the same for every class that is chosen.
    const kept = question.step === 0 ? card.value.chance : undefined
    card.value = { ...facts, ...(kept !== undefined && { chance: kept }), isOld: false }
  },
  chance(question, id, chance) {
    if (!isAsked(question)) return
    const card = cardOf(id)
    card.value = { ...card.value, chance }
  },
  progress(question, text, done, all) {
    if (isAsked(question)) progress.value = { text, done, all }
  },
  engine(line) {
    engineLine.value = line
  },
  judging(done, all) {
    progress.value = { text: judgingText, done, all }
  },
}
