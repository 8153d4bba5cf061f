"""Who is let in to a page on this machine, and whose changes count."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from tornado.web import Application

from grader.serving.guard import FORM_TOKEN, Guard, GuardedHandler
from tests.kit.served import Asker, served

GUARD = Guard(names=("hub.example.org",))
SAVED: list[str] = []


class Room(GuardedHandler):
    """A page that keeps what it is told."""

    guard = GUARD

    def get(self) -> None:
        """Let in by the token, and show the page."""
        if self.has_token():
            self.give_cookie()
        self.finish("the page")

    def let_in(self) -> bool:
        """The first address is enough, too."""
        return super().let_in() or self.has_token()

    def post(self) -> None:
        """Keep it."""
        SAVED.append("told")
        self.finish("kept")


@pytest.fixture(scope="module")
def stranger() -> Iterator[Asker]:
    """Somebody on this machine who knows the port alone."""
    with served(Application([("/", Room)], log_function=lambda _: None)) as port:
        yield Asker(port)


@pytest.fixture
def page(stranger: Asker) -> Asker:
    """The page itself, in the browser that was let in."""
    SAVED.clear()
    headers = {
        "Cookie": f"{GUARD.label}={GUARD.cookie}",
        FORM_TOKEN: GUARD.form,
        "Origin": f"http://127.0.0.1:{stranger.port}",
        "Sec-Fetch-Site": "same-origin",
    }
    return Asker(stranger.port, headers)


def test_the_token_of_the_first_address_is_exchanged_for_a_cookie(stranger: Asker) -> None:
    """Which script cannot read, and which no other site's request carries."""
    assert stranger.ask("GET", "/").status == 403
    assert stranger.ask("GET", "/?key=guess").status == 403
    answer = stranger.ask("GET", f"/?key={GUARD.token}")
    assert answer.status == 200
    cookie = answer.headers["Set-Cookie"]
    assert re.search(r"; HttpOnly; SameSite=Strict$", cookie) and "Path" not in cookie
    assert cookie.startswith(f"{GUARD.label}={GUARD.cookie};")
    assert GUARD.cookie not in (GUARD.token, GUARD.form)
    assert stranger.ask("GET", "/", headers={"Cookie": cookie.partition(";")[0]}).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:{}", "[::1", "localhost.", ""]
)
def test_another_name_of_this_address_is_refused(page: Asker, host: str) -> None:
    """A site that let its name point here gets nothing, though the browser sends the cookie."""
    asked = host.format(page.port) or "0.0.0.0"
    assert page.ask("GET", "/", headers={"Host": asked}).status == 403


@pytest.mark.parametrize("host", ["localhost:{}", "127.0.0.1:{}", "hub.example.org"])
def test_own_names_and_a_hubs_are_known(page: Asker, host: str) -> None:
    """This machine's two, and those that were given."""
    assert page.ask("GET", "/", headers={"Host": host.format(page.port)}).status == 200


@pytest.mark.parametrize(
    "forged",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {FORM_TOKEN: ""},
        {FORM_TOKEN: "guess"},
        {"Cookie": ""},
    ],
    ids=str,
)
def test_a_change_that_another_page_asks_for_is_refused(
    page: Asker, forged: dict[str, str]
) -> None:
    """Each of what the page has is needed: one wrong and nothing is kept."""
    assert page.ask("POST", "/", "{}", forged).status == 403
    assert SAVED == []
    assert page.ask("POST", "/", "{}").status == 200
    assert SAVED == ["told"]


def test_every_answer_forbids_what_students_could_bring(stranger: Asker, page: Asker) -> None:
    """No script but the page's files, nothing loaded from elsewhere, nothing kept or framed."""
    for answer in (page.ask("GET", "/"), stranger.ask("GET", "/"), page.ask("POST", "/")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
