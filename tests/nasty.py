"""Some five hundred strings that a source might hold and a page must survive, made here from families.

Markup that would act, characters that turn or hide text, floods, syntax of other languages, broken letters.
``STRUCK``: what a string sets in the browser's window if ever it is run.
"""

from collections.abc import Iterator
from itertools import product

STRUCK = "__struck"
ACT = f"window.{STRUCK}=1"
BREAKOUTS = ("", '">', "'>", "</bdi>", "</title>", "-->", "]]>", "</textarea>", "</template>", "</dd></dl>")
MARKUP = (
    f"<script>{ACT}</script>",
    f"<img src=x onerror={ACT}>",
    f"<svg onload={ACT}>",
    f"<svg><script>{ACT}</script></svg>",
    f"<details open ontoggle={ACT}>",
    f"<input autofocus onfocus={ACT}>",
    f"<iframe srcdoc='<script>parent.{STRUCK}=1</script>'></iframe>",
    f"<a href='javascript:{ACT}'>x</a>",
    f"<marquee onstart={ACT}>",
    f"<video><source onerror={ACT}></video>",
    f"<object data='javascript:{ACT}'></object>",
    f"<button formaction='javascript:{ACT}'>x</button>",
    "<link rel=stylesheet href='//example.invalid/x.css'>",
    "<style>body{display:none}</style>",
    "<base href='//example.invalid/'>",
    "<meta http-equiv=refresh content='0;url=//example.invalid/'>",
    "<form action=//example.invalid/><button>x</button></form>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={ACT}>",
    "<div slot=cover>Inget registrerat</div>",
    "<template shadowrootmode=open><slot></slot></template>",
)
TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
HIDDEN = "\u00ad\u034f\u180e\u200b\u200c\u200d\u2060\u2063\ufe0f\ufeff\U000e0041"
SHAPES = ("{0}Ej HLR", "Ej{0} HLR", "Ej HLR{0}", "{0}{0}Ej{0}HLR{0}")
FLOODED = ("a", "å", "é", "ش", "ก", "0")
MARKS = ("\u0301", "\u0337", "\u20dd", "\u0489")
FOREIGN = ("שלום", "مرحبا", "ትግርኛ", "日本語", "ไทย", "हिन्दी", "Ελληνικά", "Кириллица", "𝔉𝔯𝔞𝔨𝔱𝔲𝔯", "ﷺ")
EMOJI = (
    "👩\u200d⚕\ufe0f",
    "👨\u200d👩\u200d👧\u200d👦",
    "🏴\u200d☠\ufe0f",
    "🇸🇪",
    "5\ufe0f⃣",
    "👍🏿",
    "🫀",
    "☎\ufe0f",
)
SYNTAX = (
    *(
        "{{ 7*7 }}",
        "{% load i18n %}",
        "{# x #}",
        "${7*7}",
        "#{7*7}",
        "<%= 7*7 %>",
        "[[7*7]]",
        "{{constructor}}",
    ),
    *(
        "%s",
        "%(n)d",
        "{0}",
        "%%",
        "$(id)",
        "`id`",
        "\\u003cscript\\u003e",
        "\\x3cb\\x3e",
        "&&",
        "||",
        "//",
        "/*",
    ),
    *("' OR 1=1 --", '" OR ""="', "%_%", "../../etc", "C:\\nul", "null", "undefined", "None", "NaN", "true"),
)
FORMULAS = tuple(
    f"{sign}{call}" for sign, call in product(("=", "+", "-", "@", "\t=", "\r="), ("1+1", "SUM(A1)"))
)
ENTITIES = tuple(
    f"{text}{end}"
    for text, end in product(
        ("&lt", "&gt", "&amp", "&quot", "&#60", "&#x3c", "&#0", "&#xD800", "&nbsp", "&NotAnEntity", "&"),
        (";", "", ";script&gt;"),
    )
)
CONTROLS = tuple(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)))
BROKEN = ("\ud800", "\udfff", "\ude00\ud83d", "\ufffe", "\uffff", "\ufffd", "\ufdd0", "\U0010ffff")
LINES = ("\u2028", "\u2029", "\r\n", "\n" * 50, "\t" * 50, "\u3000" * 40, " " * 200, "\x0b", "\x85")
LENGTHS = (50, 200, 1_000, 5_000)


def families() -> Iterator[str]:
    yield from (before + markup for before, markup in product(BREAKOUTS, MARKUP))
    yield from (shape.format(sign) for sign, shape in product(TURNS + HIDDEN, SHAPES))
    yield from (base + mark * 60 for base, mark in product(FLOODED, MARKS))
    yield from (f"{word} Ej HLR {word}" for word in FOREIGN)
    yield from (f"{sign * count} hjärta" for sign, count in product(EMOJI, (1, 20)))
    yield from SYNTAX
    yield from FORMULAS
    yield from ENTITIES
    yield from (f"före{sign}efter" for sign in (*CONTROLS, *BROKEN, *LINES))
    yield from (letter * length for letter, length in product("xÅ字", LENGTHS))


def numbered(text: str, number: int) -> str:
    """With a mark of our own at both ends: whatever stands between them must have come through."""
    return f"q{number:03}<{text}>{number:03}q"


NASTY = tuple(numbered(text, number) for number, text in enumerate(dict.fromkeys(families())))
