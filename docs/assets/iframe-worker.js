/*
 * Copyright (c) 2020-2022 Martin Donath <martin.donath@squidfunk.com>
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy
 * of this software and associated documentation files (the "Software"), to
 * deal in the Software without restriction, including without limitation the
 * rights to use, copy, modify, merge, publish, distribute, sublicense, and/or
 * sell copies of the Software, and to permit persons to whom the Software is
 * furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in
 * all copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
 * IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
 * FITNESS FOR A PARTICULAR PURPOSE AND NON-INFRINGEMENT. IN NO EVENT SHALL THE
 * AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
 * LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING
 * FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS
 * IN THE SOFTWARE.
 *
 * iframe-worker 1.0.4 in plain JavaScript, without its types. The theme would load it from another
 * host. Browsers allow no worker on `file:` pages, and search runs in one.
 */
class IFrameWorker extends EventTarget {
  constructor(url) {
    super()
    this.url = url

    const iframe = document.createElement("iframe")
    iframe.hidden = true
    document.body.appendChild(this.iframe = iframe)

    this.w.document.open()
    this.w.document.write(
      "<html>" +
        "<body>" +
          "<script>" +
            `postMessage=${toParent};` +
            `importScripts=${importInTurn};` +
            "addEventListener(\"error\",({error})=>{" +
              "parent.dispatchEvent(new ErrorEvent(\"error\",{" +
                `filename:"${url}",` +
                "error" +
              "}))" +
            "})" +
          "</script>" +
          `<script src=${url}?${+Date.now()}></script>` +
        "</body>" +
      "</html>"
    )
    this.w.document.close()

    window.onmessage = event => this.m(event)
    window.onerror = (...facts) => this.e(...facts)
    this.r = new Promise((resolve, reject) => {
      this.w.onload = resolve
      this.w.onerror = reject
    })
  }

  terminate() {
    this.iframe.remove()
    window.onmessage = window.onerror = null
  }

  postMessage(data) {
    void this.r
      .catch()
      .then(() => {
        this.w.dispatchEvent(new MessageEvent("message", structuredClone({ data })))
      })
  }

  get w() {
    return this.iframe.contentWindow
  }

  m(event) {
    if (event.source === this.w) {
      this.dispatchEvent(new MessageEvent("message", { data: event.data }))
      if (this.onmessage)
        this.onmessage(event)
    }
  }

  e(message, filename, lineno, colno, error) {
    if (filename === `${this.url}`) {
      const event = new ErrorEvent("error", { message, filename, lineno, colno, error })
      this.dispatchEvent(event)
      if (this.onerror)
        this.onerror(event)
    }
  }
}

function toParent(message, origin) {
  parent.postMessage(message, origin || "*")
}

function importInTurn(...urls) {
  return urls.reduce((promise, url) => (
    promise.then(() => new Promise(resolve => {
      const script = document.createElement("script")
      script.src = url
      script.onload = resolve
      document.body.appendChild(script)
    }))
  ), Promise.resolve())
}

window.IFrameWorker = IFrameWorker
if (location.protocol === "file:")
  window.Worker = IFrameWorker
