import { render } from 'preact'
import './style.css'
import { chooseDemo } from './state/actions.ts'
import { App } from './view/app.tsx'

const place = document.querySelector('#page')
if (place) render(<App />, place)
void chooseDemo('residual')
