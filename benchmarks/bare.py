"""The yardsticks: a Flask app that renders one page after one read, and one that writes one row durably.

Nothing else: no session, no language, no guard. The same server runs it with the same processes and threads.
`BENCH_DATABASE` is a file for SQLite or a libpq address for PostgreSQL.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import uuid
from typing import Any

import psycopg
from flask import Flask, render_template, request
from jinja2 import DictLoader

_PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{{ title }}</title></head>
<body><main><h1>{{ title }}</h1>{% for line in body.splitlines() %}<p>{{ line }}</p>{% endfor %}</main>
</body></html>
"""
PAGES = 50


def prepare(database: str) -> None:
    """Makes the two tables and fifty pages of twenty lines."""
    link = _connect(database)
    place = "?" if isinstance(link, sqlite3.Connection) else "%s"
    body = "\n".join(f"第{number}条：学习任务与学时怎么算。" for number in range(20))
    link.execute("CREATE TABLE page (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL)")
    link.execute("CREATE TABLE act (id TEXT PRIMARY KEY, page INTEGER NOT NULL, answer TEXT NOT NULL)")
    for number in range(PAGES):
        link.execute(f"INSERT INTO page VALUES ({place}, {place}, {place})", (number, f"课 {number}", body))
    link.commit()
    link.close()


def _connect(database: str) -> Any:
    if "=" in database:
        return psycopg.connect(database)
    link = sqlite3.connect(database, isolation_level=None, timeout=15)
    link.execute("PRAGMA journal_mode=WAL")
    link.execute("PRAGMA synchronous=FULL")
    return link


def create_app() -> Flask:
    """The bare application on the database of the environment."""
    database = os.environ["BENCH_DATABASE"]
    lite = "=" not in database
    app = Flask("bare", static_folder=None)
    app.jinja_loader = DictLoader({"page.html": _PAGE})
    own = threading.local()
    read = f"SELECT title, body FROM page WHERE id = {'?' if lite else '%s'}"
    write = "INSERT INTO act VALUES " + ("(?, ?, ?)" if lite else "(%s, %s, %s)")
    begin = "BEGIN IMMEDIATE" if lite else "BEGIN"

    def link() -> Any:
        if not hasattr(own, "link"):
            own.link = _connect(database)
            if not lite:
                own.link.autocommit = True
        return own.link

    @app.get("/page/<int:number>")
    def page(number: int) -> str:
        title, body = link().execute(read, (number,)).fetchone()
        return render_template("page.html", title=title, body=body)

    @app.post("/row")
    def row() -> tuple[str, int]:
        database = link()
        database.execute(begin)
        database.execute(write, (uuid.uuid4().hex, 1, request.form["answer"]))
        database.execute("COMMIT")
        return "saved", 200

    return app
