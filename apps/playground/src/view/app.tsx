import { Families } from './families.tsx'
import { Finding } from './finding.tsx'
import { Networks } from './networks.tsx'
import { Pictures } from './pictures.tsx'
import { Predictions } from './predictions.tsx'
import { Randomise } from './randomise.tsx'
import { Status } from './status.tsx'

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
        <aside class="bench" aria-label="Network, picture and question">
          <Networks />
          <Pictures />
          <Predictions />
          <Randomise />
        </aside>
        <main>
          <Finding />
          <Families />
        </main>
      </div>
    </>
  )
}
