"""List items once their content is read: tight ones lose their paragraphs, tasks get their box."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

_TASK = re.compile(r"^\[([ xX])\][ \t]+(?=\S)")


def finish_item(parent: Element, item: Element, loose: bool) -> None:
    """Takes the paragraphs out of a tight item and turns `[x]` into a box that is checked or not."""
    if not loose:
        before: Element | None = None
        for child in list(item):
            if child.tag != "p" or child.attrib:
                before = child
                continue
            item.remove(child)
            if before is None:
                item.text = f"{item.text}\n{child.text}" if item.text else child.text
            else:
                before.tail = f"{before.tail or ''}{child.text}"
    holder = item[0] if not item.text and len(item) and item[0].tag == "p" else item
    task = _TASK.match(holder.text or "")
    if task is None:
        return
    box = Element("input", {"type": "checkbox", "disabled": ""})
    if task[1] != " ":
        box.set("checked", "")
    box.tail, holder.text = " " + (holder.text or "")[task.end() :], ""
    holder.insert(0, box)
    parent.set("class", "task-list")
    item.set("class", "task-list-item")
