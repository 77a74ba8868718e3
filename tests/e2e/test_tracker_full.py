"""What the full build of the tracker adds, in a real Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.kit.tracked_site import COLLECTOR, SITE, TrackedSite, tag

pytestmark = pytest.mark.browser


@pytest.fixture
def site(browser: Browser) -> Iterator[TrackedSite]:
    made = TrackedSite(browser)
    made.head = tag("script.full.js")
    yield made
    made.close()


def events(site: TrackedSite) -> list[tuple[str, dict[str, Any]]]:
    return [(hit["n"], hit["p"]) for hit in site.hits if hit["n"] != "pageview"]


def click(site: TrackedSite, selector: str, **options: Any) -> None:
    """Click without leaving the page."""
    site.page.evaluate("addEventListener('click', event => event.target.closest('a') && event.preventDefault())")
    site.page.evaluate("addEventListener('submit', event => event.preventDefault())")
    site.page.click(selector, **options)
    site.settle()


LINKS = f"""
<a id="own" href="/about">own</a>
<a id="other" href="https://other.example.test/path?mail=jane@example.org#x"><b>other</b></a>
<a id="mail" href="mailto:jane@example.org">mail</a>
<a id="file" href="{SITE}/files/Report.pdf?token=1">file</a>
<a id="sheet" href="https://other.example.test/sheet.xlsx">sheet</a>
<a id="odd" href="/a.b/notes.zzz">odd</a>
<svg width="9" height="9"><a href="https://other.example.test/svg"><rect id="svg" width="9" height="9"/></a></svg>
<button id="none">none</button>
"""
SHEET = "https://other.example.test/sheet.xlsx"
OUTBOUND = ("Outbound Link: Click", {"url": "https://other.example.test/path"})


@pytest.mark.parametrize(
    "head", [tag("script.outbound-links.js"), tag("plausible.local.outbound-links.js"),
             tag("script.full.js", "data-outbound-links")],
)  # fmt: skip
def test_links_to_other_hosts_are_told_without_their_query(site: TrackedSite, head: str) -> None:
    site.head, site.body = head, LINKS
    site.open()
    for selector in ("#own", "#mail", "#none", "#file", "#svg", "#other b"):
        click(site, selector)
    assert events(site) == [OUTBOUND]


def test_middle_click_counts_and_right_click_does_not(site: TrackedSite) -> None:
    site.head, site.body = tag("script.outbound-links.js"), LINKS
    site.open()
    click(site, "#other", button="right")
    click(site, "#other", button="middle")
    assert events(site) == [OUTBOUND]


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (tag("script.file-downloads.js"), ["/files/Report.pdf", SHEET]),
        (tag("script.full.js", "data-file-downloads"), ["/files/Report.pdf", SHEET]),
        (tag("script.full.js", 'data-file-downloads="zzz,xls*"'), [SHEET, "/a.b/notes.zzz"]),
        (tag("script.full.js", 'data-file-downloads="b"'), []),
        (tag("script.full.js"), []),
    ],
)  # fmt: skip
def test_downloads_are_told_by_extension(site: TrackedSite, head: str, told: list[str]) -> None:
    site.head, site.body = head, LINKS
    site.open()
    for selector in ("#own", "#file", "#sheet", "#odd"):
        click(site, selector)
    assert [(name, props["url"].removeprefix(SITE)) for name, props in events(site)] == [
        ("File Download", url) for url in told
    ]


def test_file_on_another_host_is_one_event(site: TrackedSite) -> None:
    site.head, site.body = tag("script.outbound-links.file-downloads.js"), LINKS
    site.open()
    click(site, "#sheet")
    assert events(site) == [("File Download", {"url": SHEET})]


def test_form_that_is_sent_is_told_with_its_page(site: TrackedSite) -> None:
    site.head = tag("script.full.js", "data-form-submissions")
    site.body = "<form><input name=mail required><button>Send</button></form>"
    site.open("/contact?x=1")
    click(site, "button")  # the browser refuses an empty field
    assert events(site) == []
    site.page.fill("input", "jane@example.org")
    click(site, "button")
    assert events(site) == [("Form: Submission", {"path": "/contact"})]
    assert "jane" not in str(site.hits)


TAGGED = """
<div class="x plausible-event-name=Wide+Menu plausible-event-place=top--left"><i id="class">menu</i></div>
<button id="dashes" class="plausible-event-name--Dashed plausible-event-plan--pro">b</button>
<button id="data" data-event="Sign up" data-event-plan="C++ a--b=c" data-revenue-amount="5" data-revenue-currency="EUR">
sign up</button>
<a id="link" href="https://other.example.test/" data-event="Partner">link</a>
<form data-event="Sent" data-event-kind="order"><input id="field"><button id="send">send</button></form>
<button id="plain">plain</button>
"""


def test_tagged_elements_tell_their_event(site: TrackedSite) -> None:
    site.head, site.body = tag("script.tagged-events.outbound-links.js", "data-form-submissions"), TAGGED
    site.open()
    for selector in ("#class", "#dashes", "#data", "#link", "#field", "#send", "#plain"):
        click(site, selector)
    assert events(site) == [
        ("Wide Menu", {"place": "top--left"}),
        ("Dashed", {"plan": "pro"}),
        ("Sign up", {"plan": "C++ a--b=c"}),
        ("Partner", {}),
        ("Sent", {"kind": "order"}),
    ]
    assert site.hits[3]["$"] == {"amount": "5", "currency": "EUR"}


def test_tags_mean_nothing_unless_switched_on(site: TrackedSite) -> None:
    site.body = TAGGED + LINKS
    site.open()
    for selector in ("#class", "#data", "#send", "#other", "#file"):
        click(site, selector)
    assert events(site) == []


def test_missing_page_is_told_once_with_its_path(site: TrackedSite) -> None:
    site.head = tag("script.full.js", "data-404")
    site.open("/no/such?x=1")
    site.run("history.pushState({}, '', '/found')")
    assert site.seen() == [("pageview", "/no/such"), ("404", "/no/such"), ("pageview", "/found")]
    assert events(site) == [("404", {"path": "/no/such"})]


@pytest.mark.parametrize("head", [tag("script.hash.js"), tag("script.full.js", "data-hash")])
def test_fragment_is_the_page_where_a_site_routes_by_it(site: TrackedSite, head: str) -> None:
    site.head = head
    site.open("/app?utm_source=x&y=1#/first")
    site.page.evaluate("location.hash = '/second?token=1'")
    site.page.wait_for_function("location.hash.startsWith('#/second')")
    site.run("location.hash = 'access_token=secret'")
    site.settle()
    assert site.seen() == [
        ("pageview", "/app?utm_source=x#/first"),
        ("pageview", "/app?utm_source=x#/second"),
        ("pageview", "/app?utm_source=x#access_token"),
    ]
    assert {hit["h"] for hit in site.hits} == {1}


def test_paths_are_masked_wherever_they_are_told(site: TrackedSite) -> None:
    site.head = tag("script.full.js", 'data-mask="/user/*, /order/**" data-form-submissions data-404 data-hash')
    site.body = "<form><button>Send</button></form>"
    site.open("/user/jane?utm_source=x")
    click(site, "button")
    site.run("history.pushState({}, '', '/order/7/edit#/tab')")
    site.run("history.pushState({}, '', '/user/jane/posts')")
    assert site.seen() == [
        ("pageview", "/user/*?utm_source=x"),
        ("404", "/user/*?utm_source=x"),
        ("Form: Submission", "/user/*?utm_source=x"),
        ("pageview", "/order/**#/tab"),
        ("pageview", "/user/jane/posts"),
    ]
    assert [props["path"] for _, props in events(site)] == ["/user/*", "/user/*"]


@pytest.mark.parametrize(
    ("attributes", "counted"),
    [
        ('data-exclude="/admin/**,/draft*"', ["/", "/a", "/a/b"]),
        ('data-exclude=" /a/* , /admin**"', ["/", "/a", "/draft7"]),
        ('data-include="/a*"', ["/a"]),
        ('data-include="/a**" data-exclude="/a/b"', ["/a", "/admin/x"]),
        ('data-exclude=""', ["/", "/a", "/a/b", "/admin/x", "/draft7"]),
        ('data-exclude="/.*"', ["/", "/a", "/a/b", "/admin/x", "/draft7"]),
    ],
)
def test_paths_can_be_left_out(site: TrackedSite, attributes: str, counted: list[str]) -> None:
    site.head = tag("script.exclusions.js", attributes)
    site.open("/")
    for path in ("/a", "/a/b", "/admin/x", "/draft7"):
        site.run(f"history.pushState({{}}, '', '{path}')")
    assert [path for _, path in site.seen()] == counted


def test_time_on_a_page_that_is_left_out_is_told_for_no_other(site: TrackedSite) -> None:
    site.page.clock.install()
    site.head = tag("script.exclusions.js", 'data-exclude="/admin"')
    site.open("/a")
    site.run("history.pushState({}, '', '/admin')")
    site.page.clock.run_for(9_000)
    site.run("history.pushState({}, '', '/b')")
    site.page.clock.run_for(4_000)
    site.run("history.pushState({}, '', '/c')")
    assert [(hit["u"], round(hit["e"], -3)) for hit in site.engagements] == [(f"{SITE}/b", 4_000)]


@pytest.mark.parametrize("head", [tag("script.manual.js"), tag("script.full.js", "data-manual")])
def test_manual_pageviews_are_only_those_of_the_page(site: TrackedSite, head: str) -> None:
    site.head = head
    site.open("/a")
    site.run("history.pushState({}, '', '/b')")
    assert site.hits == []
    site.run(f"plausible('pageview', {{ u: '{SITE}/template/*' }})")
    assert site.seen() == [("pageview", "/template/*")]


def test_properties_of_the_tag_go_with_pageviews(site: TrackedSite) -> None:
    site.head = tag("script.pageview-props.js", 'event-author="Jane" event-logged_in="false"')
    site.open()
    site.run("plausible('Signup', { props: { plan: 'pro' } })")
    assert [hit["p"] for hit in site.hits] == [{"author": "Jane", "logged_in": "false"}, {"plan": "pro"}]


STUB = """<script>
window.plausible = window.plausible || function () { (plausible.q = plausible.q || []).push(arguments) },
plausible.init = plausible.init || function (i) { plausible.o = i || {} };%s</script>"""


def test_script_of_one_site_waits_for_init_and_takes_its_options(site: TrackedSite) -> None:
    script = f'<script async src="{COLLECTOR}/js/pa-abc.js"></script>'
    site.head = script + STUB % ""
    site.open("/a")
    site.page.wait_for_function("plausible.toString().length > 200")
    assert site.hits == []
    site.run(
        "plausible.init({ endpoint: '/collect', hashBasedRouting: true, outboundLinks: true, formSubmissions: true,"
        " fileDownloads: { fileExtensions: ['zzz', 'pdf'] }, customProperties: name => ({ of: name }) })"
    )
    site.body = LINKS
    site.run(f"document.body.innerHTML = {LINKS!r}")
    click(site, "#other")
    click(site, "#odd")
    assert site.addresses == [f"{SITE}/collect"] * 3
    assert [(hit["n"], hit["d"], hit["p"]["of"]) for hit in site.hits] == [
        (name, "site.example.test", name) for name in ("pageview", "Outbound Link: Click", "File Download")
    ]


def test_init_before_the_script_came_is_heard(site: TrackedSite) -> None:
    site.head = (
        STUB
        % (
            "plausible.init({ customProperties: { team: 'a' }, domain: 'other.example', autoCapturePageviews: false });"
            "plausible('Early')"
        )
        + f'<script defer src="{COLLECTOR}/js/pa-abc.js"></script>'
    )
    site.open("/a")
    assert [(hit["n"], hit["d"], hit["p"]) for hit in site.hits] == [("Early", "other.example", {"team": "a"})]


def test_page_can_change_or_drop_a_hit_before_it_is_sent(site: TrackedSite) -> None:
    site.open("/a")
    site.run(
        "appliance.init({ transformRequest:"
        " hit => hit.n == 'Drop' ? null : Object.assign(hit, { u: 'https://x.example/' }) })"
    )
    assert site.run("new Promise(done => plausible('Drop', { callback: () => done('told') }))") == "told"
    site.run("plausible('Keep')")
    assert [(hit["n"], hit["u"]) for hit in site.hits[1:]] == [("Keep", "https://x.example/")]


@pytest.mark.parametrize("name", ["script.js", "script.full.js"])
def test_empty_site_and_address_mean_the_defaults(site: TrackedSite, name: str) -> None:
    site.head = f'<script defer data-domain="" data-api="" src="{COLLECTOR}/js/{name}"></script>'
    site.open()
    assert [hit["d"] for hit in site.hits] == ["site.example.test"]
    assert site.addresses == [f"{COLLECTOR}/api/event"]


def test_full_build_without_options_does_what_the_default_does(site: TrackedSite) -> None:
    site.open("/a?x=1#y", referer="https://elsewhere.example.test/z")
    (hit,) = site.hits
    assert hit.pop("eid")
    assert hit == {
        "n": "pageview", "u": f"{SITE}/a", "d": "site.example.test", "r": "https://elsewhere.example.test", "w": 992,
        "p": {}, "h": 0,
    }  # fmt: skip
