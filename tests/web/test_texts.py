"""Texts in templates: translated, formatted and escaped as Jinja's own functions do it, in any order of languages."""

from __future__ import annotations

import pytest
from flask import Flask, g, render_template_string
from markupsafe import Markup

from learnapp.web import texts


@pytest.mark.parametrize("language", ["en", "zh", "en"])
def test_each_language_keeps_its_own(site: Flask, language: str) -> None:
    with site.test_request_context():
        g.language = language
        assert texts.gettext("Study") == ("Study" if language == "en" else "学习")


def test_a_value_is_escaped_and_the_message_is_not(site: Flask) -> None:
    with site.test_request_context():
        g.language = "en"
        shown = render_template_string("{{ _('<b>%(name)s</b> & co', name=name) }}", name="<i>")
        # A template without a file name escapes as a page does.
        assert shown == "<b>&lt;i&gt;</b> & co"
        assert isinstance(texts.gettext("Study"), Markup)


def test_a_percent_sign_is_written_twice_with_and_without_values(site: Flask) -> None:
    with site.test_request_context():
        g.language = "en"
        assert texts.gettext("100 %%") == "100 %"
        assert texts.gettext("%(share)s %%", share=40) == "40 %"


def test_the_number_chooses_the_form_and_stands_in_it(site: Flask) -> None:
    with site.test_request_context():
        g.language = "en"
        assert [texts.ngettext("%(num)s day", "%(num)s days", number) for number in (0, 1, 2)] == [
            "0 days",
            "1 day",
            "2 days",
        ]


def test_addresses_follow_the_path_the_site_is_mounted_on(site: Flask) -> None:
    with site.test_request_context():
        assert texts.url_for("study.courses") == "/study/"
        assert texts.url_for("study.course", course="a") == "/study/a/"
    with site.test_request_context(environ_overrides={"SCRIPT_NAME": "/learn"}):
        assert texts.url_for("study.courses") == "/learn/study/"


def test_fixed_parts_are_kept_by_language_values_and_mount(site: Flask) -> None:
    """The tabs of a page are one of them."""

    def tabs(language: str, nav: str, mount: str = "") -> str:
        # A context of its own, as under a server; Flask-Babel keeps the language of a context.
        with site.app_context(), site.test_request_context(environ_overrides={"SCRIPT_NAME": mount}):
            g.language = language
            return render_template_string(
                "{{ fixed('tabs.html', nav=nav, has_work=work) }}", nav=nav, work=True
            )

    for _ in range(2):
        assert '<a href="/study/" aria-current="page">' in tabs("en", "study")
        assert ">Study</a>" in tabs("en", "study") and ">学习</a>" in tabs("zh", "study")
        assert '<a href="/" aria-current="page">' in tabs("en", "home")
        assert '<a href="/learn/study/" aria-current="page">' in tabs("en", "study", "/learn")


def test_the_form_token_is_one_in_a_request(site: Flask) -> None:
    with site.test_request_context():
        assert texts.csrf_token() == texts.csrf_token() != ""
