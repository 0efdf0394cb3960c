"""The first visit of a module page in Chromium: how many bytes and requests until nothing more comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, sync_playwright

from benchmarks.world import COURSE, MODULE, PASSWORD, sign_in_name

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_PHONE = {"width": 390, "height": 844}
_PICTURES = "/media/"


@dataclass(frozen=True)
class Visit:
    """Bytes as sent, with headers, and the requests; pictures of the lesson are left out."""

    sent: int
    requests: int


def first_visit(port: int) -> Visit:
    """Signs in with one browser profile and opens the module with another that has never been here."""
    site = f"http://127.0.0.1:{port}"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=_ARGUMENTS)
        context = browser.new_context(viewport=_PHONE, locale="zh-CN")  # type: ignore[arg-type]  # a TypedDict
        page = context.new_page()
        page.goto(f"{site}/accounts/sign-in")
        page.fill("input[name=name]", sign_in_name(0))
        page.fill("input[name=password]", PASSWORD)
        page.click(
            "form:has(input[name=password]) button[type=submit], form:has(input[name=password]) button"
        )
        page.wait_for_url(f"{site}/")
        cookies: Any = context.cookies()
        fresh = browser.new_context(viewport=_PHONE, locale="zh-CN")  # type: ignore[arg-type]  # a TypedDict
        fresh.add_cookies(cookies)
        visit = _open(fresh, f"{site}/study/{COURSE}/{MODULE}/")
        browser.close()
    return visit


def _open(context: BrowserContext, address: str) -> Visit:
    page = context.new_page()
    wire = context.new_cdp_session(page)
    pictures: set[str] = set()
    sent: dict[str, int] = {}
    wire.on(
        "Network.requestWillBeSent",
        lambda event: pictures.add(event["requestId"]) if _PICTURES in event["request"]["url"] else None,
    )
    wire.on(
        "Network.loadingFinished",
        lambda event: sent.update({event["requestId"]: int(event["encodedDataLength"])}),
    )
    wire.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    counted = {request: size for request, size in sent.items() if request not in pictures}
    return Visit(sum(counted.values()), len(counted))
