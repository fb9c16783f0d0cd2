// Starts the app: the language first, then who is signed in.

import { mount } from 'svelte'
import App from './App.svelte'
import { session } from './account/session.svelte'
import { preferredLanguage, speak } from './messages/index.svelte'
import './style/tokens.css'
import './style/base.css'

const target = document.getElementById('app')
if (target) {
  const known = session.check()
  await speak(preferredLanguage(navigator.languages))
  await Promise.race([known, new Promise((shown) => setTimeout(shown, 150))])
  mount(App, { target })
}
