"""Words become Discord's Markdown: ours is markup, everybody else's stays words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.discord import markdown, preview
from bot.core import text

NOTHING = "\u200b"


@pytest.mark.parametrize(
    ("said", "drawn"),
    [
        ("plain words", "plain words"),
        ("*a* _b_ ~~c~~ ||d|| `e`", r"\*a\* \_b\_ \~\~c\~\~ \|\|d\|\| \`e\`"),
        ("@everyone and @here", r"\@everyone and \@here"),
        ("mail@example.org", "mail@example.org"),
        ("<@1> <@&2> <#3> <t:4:R>", r"\<@1> \<@&2> \<#3> \<t:4:R>"),
        ("[label](https://evil.example)", r"\[label\](https:\//evil.example)"),
        ("# head", r"\# head"),
        ("### head", r"\### head"),
        ("-# small", r"\-# small"),
        ("- item", r"\- item"),
        ("> quote", r"\> quote"),
        (">>> quote", r"\>>> quote"),
        ("1. one", r"1\. one"),
        ("#3 of 4", "#3 of 4"),
        ("a > b - c", "a > b - c"),
        ("two\nlines", "two lines"),
        ("a\u202eb\u0007c", "abc"),
        ("back\\slash", r"back\\slash"),
    ],
)
def test_words_stay_words(said: str, drawn: str) -> None:
    assert markdown.words(said) == drawn


def test_words_from_right_to_left_keep_to_themselves() -> None:
    assert markdown.words("עברית 3") == "\u2068עברית 3\u2069"


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        ("**bold** and *italic*", "**bold** and *italic*"),
        ("**bold *both* bold**", "**bold *both* bold**"),
        ("`code *not italic*`", "`code *not italic*`"),
        ("`` a`b ``", "`` a`b ``"),
        ("see [the **docs**](https://x.example/a_b)", "see [the **docs**](https://x.example/a_b)"),
        ("[x](https://x.example/a(b))", "[x](https://x.example/a%28b%29)"),
        ("a_b_c 2 * 3", r"a\_b\_c 2 \* 3"),
        ("one\ntwo\n\nthree", "one two\n\nthree"),
        ("- a\n- b", "- a\n- b"),
        ("before:\n\n- a", "before:\n- a"),
        ("```python\nx = '# no'\n```", "```python\nx = '# no'\n```"),
        ("see\n\n```\na\n```\n\nafter", "see\n```\na\n```\nafter"),
    ],
)
def test_authors_markup_becomes_discords(source: str, drawn: str) -> None:
    assert markdown.block_text(text.parse(source)) == drawn


def test_marks_that_would_run_together_are_kept_apart() -> None:
    assert markdown.run((text.Span("a", bold=True), text.Span("b", italic=True))) == f"**a**{NOTHING}*b*"


def test_ticks_in_code_cannot_end_the_block() -> None:
    drawn = markdown.fenced("a\n```\nb", "sh")
    assert (drawn.count("```"), drawn.startswith("```sh\n")) == (2, True)


def test_a_link_that_is_none_is_shown_as_its_label() -> None:
    assert markdown.link("label", "javascript:alert(1)") == "label"


def test_a_label_that_looks_like_an_address_is_no_mask() -> None:
    label = markdown.words("https://bank.example")
    assert markdown.link(label, "https://x.example/") == "https:\\//bank.example <https://x.example/>"


def test_a_time_is_written_by_the_readers_own_client() -> None:
    assert markdown.moment(datetime(2026, 10, 5, 7, tzinfo=UTC)) == "<t:1791183600:F>"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (r"\*a\*", '<div class="line">*a*</div>'),
        ("**a** *b* __c__ ~~d~~", '<div class="line"><strong>a</strong> <em>b</em> <u>c</u> <s>d</s></div>'),
        ("## Title", "<h2>Title</h2>"),
        ("-# small", '<div class="small">small</div>'),
        ("<@123456>", '<div class="line"><span class="mention" title="&lt;@123456&gt;">@person …3456</span></div>'),
        ("<@&1>", '<div class="line"><span class="mention" title="&lt;@&amp;1&gt;">@role …1</span></div>'),
        ("@everyone", '<div class="line"><span class="mention" title="@everyone">@everyone</span></div>'),
        ("||x||", '<div class="line"><span class="spoiler">x</span></div>'),
        ("[a](https://x.example)", '<div class="line"><a href="https://x.example">a</a></div>'),
        ("https://x.example", '<div class="line"><a class="auto" href="https://x.example">https://x.example</a></div>'),
        ("```\n<b>\n```", '<pre class="fence"><code>&lt;b&gt;</code></pre>'),
        ("<t:0:D>", '<div class="line"><time>1 January 1970</time></div>'),
    ],
)
def test_the_preview_reads_markdown_as_discord_does(source: str, html: str) -> None:
    assert preview.html(source) == html
