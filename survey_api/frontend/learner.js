// What a lost connection, a shared device and a long list of placements ask for. Every page works without this file.
//
// A form that is sent waits in the outbox (IndexedDB) until the server has answered, under the draft's submission key, so that what
// is sent twice counts once. Nothing here says "sent": only the server's own page does.

const PATIENCE = 20_000
const SLOW = 2_500
const LONGEST_WAIT = 60_000
const TELL_EVERY = 5 * 60_000
const box = document.getElementById("outbox")
const { campaign, key, device, paused } = box.dataset
let waiting = null
let isSending = false
let wait = 5_000
let timer

// One entry a campaign: the next page cannot be opened before this one has arrived.
async function outbox(mode, act) {
  if (device !== "own") return undefined
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open("outbox", 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore("entries", { keyPath: "campaign" })
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error)
  })
  const transaction = database.transaction("entries", mode)
  const request = act(transaction.objectStore("entries"))
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result)
    transaction.onerror = transaction.onabort = () => reject(transaction.error)
  }).finally(() => database.close())
}

function show(state) {
  for (const part of box.children) part.hidden = part.dataset.state !== state
  if (state) box.scrollIntoView({ block: "nearest" }) // after the form it may lie below the screen
}

async function keep(entry) {
  waiting = entry
  try {
    await outbox("readwrite", (entries) => entries.put(entry))
    return device === "own"
  } catch {
    return false // no storage in this browser: the page itself is the outbox
  }
}

async function forget() {
  waiting = null
  clearTimeout(timer)
  await outbox("readwrite", (entries) => entries.delete(campaign)).catch(() => undefined)
}

async function send() {
  if (!waiting || isSending) return
  isSending = true
  clearTimeout(timer)
  const patience = new AbortController()
  const limit = setTimeout(() => patience.abort(), PATIENCE)
  const slow = setTimeout(() => show("slow"), SLOW)
  try {
    const answer = await fetch(waiting.action, {
      method: "POST",
      body: new URLSearchParams(waiting.body),
      headers: { "X-Outbox": waiting.key },
      signal: patience.signal,
    })
    const next = answer.headers.get("X-Next")
    // Neither a server in trouble nor the sign-in page of a network is an answer.
    if (!next && (answer.status < 400 || answer.status >= 500)) throw new Error("not now")
    await forget()
    if (next) goTo(next)
    else document.open("text/html").write(await answer.text()) // why it was refused, in the server's words
  } catch {
    clearTimeout(slow)
    show(waiting?.isKept ? "kept" : "unkept")
    timer = setTimeout(send, wait)
    wait = Math.min(2 * wait, LONGEST_WAIT)
  } finally {
    clearTimeout(limit)
    clearTimeout(slow)
    isSending = false
  }
}

function goTo(address) {
  const next = new URL(address, location.href)
  const isHere = next.pathname + next.search === location.pathname + location.search
  location.assign(next)
  if (isHere && next.hash) location.reload()
}

for (const form of document.querySelectorAll("form[data-outbox]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    if (isSending) return
    const fields = new FormData(form)
    if (event.submitter?.name) fields.append(event.submitter.name, event.submitter.value)
    form.after(box)
    const entry = { campaign, key, action: form.getAttribute("action"), body: [...fields], isKept: device === "own" }
    if (!(await keep(entry))) entry.isKept = false
    send()
  })
}

if (device === "left") {
  indexedDB?.deleteDatabase?.("outbox")
} else if (key) {
  outbox("readonly", (entries) => entries.get(campaign))
    .then((entry) => {
      if (!entry) return
      waiting = entry
      show("kept")
      send()
    })
    .catch(() => undefined)
}
addEventListener("online", send)
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send())
box.querySelectorAll("button").forEach((button) => button.addEventListener("click", send))
// A page that the browser had kept whole may show what was cleared or sent since.
addEventListener("pageshow", (event) => event.persisted && location.reload())

if (device === "shared" && key) {
  const minutes = Number(box.dataset.minutes)
  let here = Date.now()
  let told = here
  const isHere = () => {
    here = Date.now()
    if (!waiting) show("")
    if (here - told < TELL_EVERY) return
    told = here
    fetch(`${campaign}/stay`, { method: "POST" }).catch(() => undefined)
  }
  for (const sign of ["keydown", "pointerdown", "input"]) addEventListener(sign, isHere)
  const watch = setInterval(() => {
    const idle = (Date.now() - here) / 60_000
    if (idle > minutes) {
      clearInterval(watch)
      const close = () => location.replace(paused)
      fetch(`${campaign}/leave`, { method: "POST" }).then(close, close)
    } else if (idle > minutes - 2) show("idle")
  }, 5_000)
}

// Placements are found while the name is typed; the list is the server's own.
const search = document.getElementById("q")
const found = document.getElementById("found")
if (search && found) {
  let typing
  let asked = 0
  search.addEventListener("input", () => {
    clearTimeout(typing)
    typing = setTimeout(async () => {
      const text = search.value.trim()
      if (text.length < 2) return
      const number = ++asked
      try {
        const answer = await fetch(`${campaign}/placement?part=1&q=${encodeURIComponent(text)}`)
        if (!answer.ok || number !== asked) return
        found.innerHTML = await answer.text()
        document.getElementById("found-status").textContent = found.querySelector("[data-found]")?.dataset.found ?? ""
      } catch {
        // the Search button still works
      }
    }, 250)
  })
}
