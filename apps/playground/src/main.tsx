import { render } from 'preact'
import './style.css'
import { chooseNetwork } from './state/actions.ts'
import { acceptDrops } from './state/drop.ts'
import { App } from './view/app.tsx'

const place = document.querySelector('#page')
if (place) render(<App />, place)
acceptDrops(document)
void chooseNetwork({ demo: 'residual' })
