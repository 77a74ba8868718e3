"""With every option on, the tracker touches no storage and none of the interfaces that tell devices apart."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.kit.tracked_site import SITE, TrackedSite, tag

pytestmark = pytest.mark.browser

WATCH = """
window.asked = [];
const watched = (owner, label, skip = []) => {
  for (const [name, is] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
    if (!is.configurable || name === 'constructor' || skip.includes(name)) continue;
    const note = () => asked.push(label + '.' + name);
    if (is.get || is.set)
      Object.defineProperty(owner, name, { ...is,
        get() { note(); return is.get && is.get.call(this) },
        set(value) { note(); is.set && is.set.call(this, value) } });
    else if (typeof is.value === 'function')
      Object.defineProperty(owner, name, { ...is, value: new Proxy(is.value, {
        apply(...all) { note(); return Reflect.apply(...all) },
        construct(...all) { note(); return Reflect.construct(...all) } }) });
  }
};
const only = (owner, label, names) => {
  const others = Object.keys(Object.getOwnPropertyDescriptors(owner)).filter(name => !names.includes(name));
  watched(owner, label, others);
};
Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get() { return false }, configurable: true });
for (const name of ['Storage', 'IDBFactory', 'CacheStorage', 'CookieStore', 'StorageManager', 'Navigator', 'Screen',
  'ScreenOrientation', 'HTMLCanvasElement', 'OffscreenCanvas', 'CanvasRenderingContext2D', 'WebGLRenderingContext',
  'WebGL2RenderingContext', 'PluginArray', 'MimeTypeArray', 'FontFaceSet', 'FontFace', 'NetworkInformation',
  'BatteryManager', 'MediaDevices', 'Performance', 'SpeechSynthesis', 'Permissions', 'Gamepad', 'VisualViewport',
  'NavigatorUAData', 'GPU', 'Keyboard', 'BaseAudioContext', 'AudioContext', 'OfflineAudioContext'])
  if (window[name]) watched(window[name].prototype, name);
watched(Intl.DateTimeFormat.prototype, 'DateTimeFormat');
only(Intl, 'Intl', ['DateTimeFormat', 'NumberFormat', 'Locale', 'Collator']);
only(Date.prototype, 'Date', ['getTimezoneOffset', 'toLocaleString', 'toString', 'getHours', 'toLocaleTimeString']);
only(Document.prototype, 'Document', ['cookie', 'fonts', 'lastModified', 'hasStorageAccess', 'requestStorageAccess']);
only(History.prototype, 'History', ['state', 'length']);
only(Element.prototype, 'Element', ['getBoundingClientRect', 'getClientRects', 'clientWidth', 'attachShadow']);
only(HTMLElement.prototype, 'HTMLElement', ['offsetWidth', 'offsetHeight', 'offsetTop']);
only(window, 'window', ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'cookieStore', 'screen', 'screenX',
  'screenY', 'screenLeft', 'screenTop', 'outerWidth', 'outerHeight', 'devicePixelRatio', 'matchMedia',
  'getComputedStyle', 'speechSynthesis', 'visualViewport', 'name', 'AudioContext',
  'OfflineAudioContext', 'RTCPeerConnection', 'OffscreenCanvas', 'Worker', 'SharedWorker', 'queryLocalFonts',
  'BroadcastChannel', 'WebSocket', 'XMLHttpRequest', 'Image']);
"""
ALLOWED = {"Navigator.globalPrivacyControl", "Navigator.doNotTrack"}
AUTOMATIC = ("Outbound Link: Click", "File Download", "Form: Submission")
EVERYTHING = (
    'data-404 data-mask="/user/*" data-exclude="/admin" data-include="/**" data-form-submissions event-author="x"'
)
NAME = "script.hash.outbound-links.file-downloads.tagged-events.pageview-props.exclusions.js"
PAGE = """
<div style="height: 3000px"></div>
<a id="out" href="https://other.example.test/x">out</a> <a id="file" href="/a.pdf">file</a>
<button id="tagged" data-event="Tagged" data-event-plan="pro">tagged</button>
<form><button id="send">send</button></form>
"""


@pytest.fixture
def site(browser: Browser) -> Iterator[TrackedSite]:
    made = TrackedSite(browser)
    made.page.add_init_script(WATCH)
    yield made
    made.close()


def use(site: TrackedSite) -> None:
    """Do everything that the tracker reacts to."""
    site.body = PAGE
    site.open("/user/7?utm_source=x&gclid=y#/tab")
    site.run("plausible('Paid', { props: { a: 1 }, revenue: { currency: 'EUR', amount: 1 }, callback: () => 0 })")
    site.run("window.plausible.init && plausible.init({ transformRequest: hit => hit, customProperties: { b: 2 } })")
    site.page.evaluate(
        "for (const type of ['click', 'submit']) addEventListener(type, event => event.preventDefault())"
    )
    for selector in ("#out", "#file", "#tagged"):
        site.page.click(selector)
    site.run("document.forms[0].requestSubmit()")
    site.run("new Promise(done => { addEventListener('scroll', done, { once: true }); scrollTo(0, 9) })")
    site.run("history.pushState({}, '', '/next#/b'); history.replaceState({}, '', '/admin')")
    site.run("dispatchEvent(new Event('blur')); document.dispatchEvent(new Event('visibilitychange'))")
    site.run("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")


@pytest.mark.parametrize("status", [202, 503])
@pytest.mark.parametrize(
    ("name", "attributes", "sent"),
    [
        ("script.js", "", {"pageview", "Paid"}),
        (NAME, EVERYTHING, {"pageview", "404", "Paid", "Tagged", *AUTOMATIC}),
    ],
    ids=["default", "everything"],
)
def test_no_storage_and_nothing_that_could_be_a_fingerprint_is_touched(
    site: TrackedSite, name: str, attributes: str, sent: set[str], status: int
) -> None:
    site.head, site.status = tag(name, attributes), status
    use(site)
    asked = set(site.page.evaluate("window.asked"))
    assert {hit["n"] for hit in site.hits} == sent
    assert site.engagements
    assert asked == ALLOWED
    assert site.context.cookies() == []
    assert site.page.evaluate("[localStorage.length, sessionStorage.length, window.name]") == [0, 0, ""]
    assert site.page.evaluate("indexedDB.databases().then(found => found.length)") == 0
    assert site.page.evaluate("caches.keys().then(found => found.length)") == 0


@pytest.mark.parametrize(
    "touch",
    [
        *("localStorage.getItem('a')", "sessionStorage.a = 1", "document.cookie", "document.cookie = 'a=b'"),
        *("indexedDB", "caches", "screen.width", "devicePixelRatio", "navigator.plugins", "navigator.languages"),
        *("navigator.hardwareConcurrency", "navigator.userAgent", "document.createElement('canvas').toDataURL()"),
        *("new Intl.DateTimeFormat()", "new Date().getTimezoneOffset()", "matchMedia('(any-hover)')", "name = 'x'"),
        *("navigator.sendBeacon('/x')", "document.body.getBoundingClientRect()", "performance.now()"),
    ],
)
def test_watching_sees_what_it_should(site: TrackedSite, touch: str) -> None:
    site.head = ""
    site.open()
    assert site.page.evaluate("window.asked") == []
    site.page.evaluate(f"() => {{ {touch} }}")
    assert site.page.evaluate("window.asked") != []


def test_no_personal_text_of_the_page_leaves_the_browser(site: TrackedSite) -> None:
    site.head = tag(NAME, EVERYTHING)
    site.body = PAGE.replace("/x", "/x?mail=canary").replace("/a.pdf", "/a.pdf?key=canary#canary")
    secrets = "?mail=canary&gclid=canary&token=canary#access_token=canary"
    site.open(f"/a{secrets}", referer=f"https://elsewhere.example.test/canary{secrets.partition('#')[0]}")
    site.page.evaluate("addEventListener('click', event => event.preventDefault())")
    for selector in ("#out", "#file"):
        site.page.click(selector)
    site.run(f"history.pushState({{}}, '', '/b{secrets}')")
    sent: list[dict[str, Any]] = [*site.hits, *site.engagements]
    assert {hit["n"] for hit in sent} == {"pageview", "404", "Outbound Link: Click", "File Download", "engagement"}
    assert [hit for hit in sent if "canary" in str(hit)] == []
    assert site.hits[0]["u"] == f"{SITE}/a?gclid=#access_token"
