"""HTML elements: which start a block of raw HTML, which may stay, which exist at all."""

from __future__ import annotations


def names(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


BLOCK_TAGS = names(
    "address article aside base basefont blockquote body caption center col colgroup dd details dialog "
    "dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header "
    "hr html iframe legend li link main menu menuitem nav noframes ol optgroup option p param search "
    "section source summary table tbody td tfoot th thead title tr track ul"
)

ALLOWED_TAGS = names(
    "a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt "
    "em figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q rp rt ruby s samp "
    "section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var "
    "wbr"
)

HARMLESS_TAGS = names("address article aside big body font footer header html main nav nobr picture")
"""Elements that go while what they contain stays; nobody misses them, so nobody is told."""

EMPTIED_TAGS = names(
    "applet audio canvas frameset head iframe math noembed noframes noscript object script select style "
    "svg template textarea title video"
)
"""Elements that go with everything in them."""

FORMATTING_TAGS = names("b big code em font i nobr s small strike strong tt u")
"""Elements that a parser opens again in every block until they are closed."""

VOID_TAGS = names("area br col hr img input wbr")

SHALLOW_TAGS = VOID_TAGS | names("dd dt li p rp rt tbody td tfoot th thead tr")
"""Elements that need no closing tag or have none, and so do not count as nesting."""

KNOWN_TAGS = (
    ALLOWED_TAGS
    | HARMLESS_TAGS
    | EMPTIED_TAGS
    | names(
        "acronym area base basefont bgsound blink button command data datalist dialog dir embed "
        "fieldset form frame hgroup keygen label legend link listing map marquee menu menuitem meta "
        "meter optgroup option output param plaintext progress search slot source track xmp"
    )
)
"""Every element HTML has or had. What only looks like one, such as `<group name>`, is text."""
