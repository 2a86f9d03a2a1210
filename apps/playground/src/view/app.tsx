import { Bring } from './bring.tsx'
import { EngineChooser } from './engine-chooser.tsx'
import { Families } from './families.tsx'
import { InputPanel } from './input-panel.tsx'
import { Networks } from './networks.tsx'
import { Pictures } from './pictures.tsx'
import { Question } from './question.tsx'
import { Status } from './status.tsx'
import { Verdict } from './verdict.tsx'

/** The whole page: what is brought and asked on the left, maps on the right. */
export function App() {
  return (
    <>
      <header class="top">
        <h1>Does this map explain the prediction?</h1>
        <p>
          A map that explains a class must move when another class is asked for, and when the network forgets
          what it learned. Your files stay on this machine: the page sends nothing anywhere.
        </p>
      </header>
      <Status />
      <div class="columns">
        <aside class="bench" aria-label="Network and picture">
          <Networks />
          <Pictures />
          <Bring />
          <InputPanel />
        </aside>
        <main>
          <Question />
          <Verdict />
          <Families />
        </main>
      </div>
      <footer>
        <EngineChooser />
      </footer>
    </>
  )
}
