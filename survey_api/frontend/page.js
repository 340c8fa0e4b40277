// Progressive only: every page works without this file. It marks the page as supported, then starts the design system's
// behaviour for what the templates use: focus on the error summary, a live character count, no second submit on a double tap.
import { Button, CharacterCount, ErrorSummary, Radios, SkipLink, createAll } from "./nhsuk-frontend.min.js"

document.body.classList.add("js-enabled", "nhsuk-frontend-supported")
createAll(Button, { preventDoubleClick: true })
createAll(CharacterCount)
createAll(ErrorSummary)
createAll(Radios)
createAll(SkipLink)
