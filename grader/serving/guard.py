"""Let in who has the address that the terminal printed, and nobody whom a web page sends.

The first address holds a token, which a cookie takes the place of. Other sites cannot read the
cookie, nor have it sent (SameSite); what is asked for under another name than this machine's is
refused (a name that was pointed here), and so is a change that does not come from the page itself:
by where the browser says it comes from, and by a second token that stands in the page alone.
Sources: RFC 6265bis (cookies), Fetch Metadata Request Headers, OWASP's sheet on request forgery.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tornado.web import HTTPError, RequestHandler

from grader.serving.listening import HERE

OWN = (HERE, "localhost")
FORM_TOKEN = "X-Form-Token"  # the header
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def _random() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Guard:
    """The secrets of one run: of the first address, the cookie and the page's own requests.

    ``names`` are hosts under which it is asked for beside this machine's own: a hub's, which passes
    requests on.
    """

    names: Collection[str] = ()
    token: str = field(default_factory=_random)
    cookie: str = field(default_factory=_random)
    form: str = field(default_factory=_random)
    label: str = field(default_factory=lambda: f"grader-{secrets.token_hex(4)}")

    def knows(self, host: str) -> bool:
        """Tell whether a Host header names this machine, whatever the port."""
        return (urlsplit(f"//{host}").hostname or "") in {*OWN, *self.names}


def same_secret(one: str, other: str) -> bool:
    """Compare two secrets in a time that tells nothing of them."""
    return hmac.compare_digest(one.encode(), other.encode())


class GuardedHandler(RequestHandler):
    """A handler of requests that the guard has let in; others end with 403."""

    guard: Guard

    def set_default_headers(self) -> None:
        """Set what keeps a page from loading or telling anything elsewhere."""
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse whoever is not let in."""
        if not self._named_so():
            raise HTTPError(403, reason="Asked for under another name")
        if not self.let_in():
            raise HTTPError(403, reason="Not let in")
        if self.request.method != "GET":
            self._refuse_others()

    def _named_so(self) -> bool:
        try:
            return self.guard.knows(self.request.host)
        except ValueError:  # no name at all
            return False

    def let_in(self) -> bool:
        """Tell whether the request has the cookie."""
        return same_secret(self.get_cookie(self.guard.label) or "", self.guard.cookie)

    def has_token(self) -> bool:
        """Tell whether it was asked for by the first address, which the terminal showed."""
        return same_secret(self.get_query_argument("key", ""), self.guard.token)

    def _refuse_others(self) -> None:
        """Refuse a change that the page itself did not ask for."""
        headers = self.request.headers
        origin = headers.get("Origin")
        from_here = origin is None or urlsplit(origin).netloc == self.request.host
        site = headers.get("Sec-Fetch-Site", "same-origin")
        form = same_secret(headers.get(FORM_TOKEN, ""), self.guard.form)
        if not (from_here and site == "same-origin" and form):
            raise HTTPError(403, reason="Asked for by another page")

    def give_cookie(self) -> None:
        """Let this browser in: for as long as it runs, to this page's own requests alone."""
        # No path: it is the page's own, whatever stands before it behind a hub.
        self.set_cookie(
            self.guard.label, self.guard.cookie, path="", httponly=True, samesite="Strict"
        )

    def write_error(self, status_code: int, **_: object) -> None:
        """Answer in plain text; nothing of the request is repeated."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{self._reason}\n")
