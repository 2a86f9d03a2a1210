import { render } from 'preact'
import './style.css'
import { acceptDrops } from './state/drop.ts'
import { keepLink } from './state/link.ts'
import { App } from './view/app.tsx'

const place = document.querySelector('#page')
if (place) render(<App />, place)
acceptDrops(document)
keepLink()
