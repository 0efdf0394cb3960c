"""Reading a form off a page and sending it as a browser would."""

from __future__ import annotations

from html.parser import HTMLParser


class Reader(HTMLParser):
    """The fields of the form whose action holds a text, with the values that stand in them."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action
        self.inside = False
        self.select = ""
        self.fields: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = self.action in found.get("action", "")
        elif not self.inside:
            return
        elif tag == "select":
            self.select = found["name"]
        elif tag == "option" and (self.select not in self.fields or "selected" in found):
            self.fields[self.select] = [found["value"]]
        elif tag == "input" and (found.get("type") != "checkbox" or "checked" in found):
            self.fields.setdefault(found["name"], []).append(found.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def fields(page: str, action: str) -> dict[str, object]:
    """The fields of a page's form, to be changed and posted."""
    reader = Reader(action)
    reader.feed(page)
    assert reader.fields, f"no form to {action}"
    return dict(reader.fields)
