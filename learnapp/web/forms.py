"""The base of all forms."""

from __future__ import annotations

from flask_wtf import FlaskForm


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF brings no types
    """A form with a CSRF token; labels and messages are lazy translations."""

    def refuse(self, field: str, message: str) -> None:
        """Puts what an area refused beside the field it is about; the message is translated already."""
        self[field].errors = [*self[field].errors, message]
