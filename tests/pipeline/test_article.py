from __future__ import annotations

import gzip
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.article import MAX_HTML_BYTES, Kind, read_article, sniff
from pipeline.errors import ArticleError
from scrapers.links import Link
from storage.vocabulary import DatePrecision

PARAGRAPHS = (
    (
        "Brightwell Semiconductor said on Thursday it will buy the sensor business of Oakline Devices for 120 million "
        "dollars in cash, a step that adds a factory in Lyon and about three hundred engineers to its imaging group."
    ),
    (
        "Both boards have approved the plan, and they expect to close in the second quarter once the competition "
        "authorities in France and Japan have given their consent to it."
    ),
)


def page(
    *,
    head: str = "",
    title: str = "Brightwell buys Oakline's sensor business",
    paragraphs: tuple[str, ...] = PARAGRAPHS,
    lang: str = "en",
) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>{title} | The Daily Chip</title>{head}</head>'
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{body}</article></body></html>"
    )


JSON_LD = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
 {"@type": "WebSite", "name": "x"},
 {"@type": ["NewsArticle"], "headline": "Brightwell to acquire a sensor unit",
  "datePublished": "2026-11-05T09:30:00+09:00",
  "publisher": {"@type": "Organization", "name": "The Daily Chip"}}]}</script>"""


def test_html_gives_title_text_language_date_and_publisher() -> None:
    article = read_article(page(head=JSON_LD).encode(), url="https://chip.example/a", content_type="text/html")
    assert article.title == "Brightwell to acquire a sensor unit"
    assert article.text.startswith(article.title + "\n\n")
    assert all(paragraph in article.text for paragraph in PARAGRAPHS)
    assert "Home" not in article.text
    assert article.language == "en"
    assert article.published_at == datetime(2026, 11, 5, 0, 30, tzinfo=UTC)
    assert article.published_precision is DatePrecision.TIME
    assert article.publisher == "The Daily Chip"
    assert article.url == "https://chip.example/a"


def test_the_title_of_a_page_without_json_ld_loses_the_site_name() -> None:
    html = page().replace("<h1>", "<div>").replace("</h1>", "</div>")
    article = read_article(html.encode(), url="https://chip.example/a")
    assert article.title == "Brightwell buys Oakline's sensor business"


META = '<meta property="article:published_time" content="2026-11-03">'


@pytest.mark.parametrize(
    ("head", "feed", "expected", "precision"),
    [
        (JSON_LD + META, "2026-11-04", datetime(2026, 11, 5, 0, 30, tzinfo=UTC), DatePrecision.TIME),
        (META, "2026-11-04T08:00:00+00:00", datetime(2026, 11, 4, 8, tzinfo=UTC), DatePrecision.TIME),
        (META, "2026-11", datetime(2026, 11, 1, tzinfo=UTC), DatePrecision.MONTH),
        (META, None, datetime(2026, 11, 3, tzinfo=UTC), DatePrecision.DAY),
        (META, "soon", datetime(2026, 11, 3, tzinfo=UTC), DatePrecision.DAY),
        ("", None, datetime(2025, 7, 9, tzinfo=UTC), DatePrecision.DAY),  # from the address
    ],
)
def test_dates_are_taken_in_the_order_of_trust(
    head: str, feed: str | None, expected: datetime, precision: DatePrecision
) -> None:
    url = "https://chip.example/2025/07/09/a.html"
    article = read_article(page(head=head).encode(), url=url, hint=Link(url, published=feed))
    assert (article.published_at, article.published_precision) == (expected, precision)


def test_a_time_without_zone_says_only_the_day() -> None:
    head = '<meta name="pubdate" content="2026-11-05 23:50:00">'
    article = read_article(page(head=head).encode(), url=None)
    assert article.published_at == datetime(2026, 11, 5, tzinfo=UTC)
    assert article.published_precision is DatePrecision.DAY


def test_a_page_without_any_date_has_none() -> None:
    article = read_article(page().encode(), url="https://chip.example/a")
    assert article.published_at is None
    assert article.published_precision is None


def test_json_ld_that_is_no_json_still_gives_headline_and_date() -> None:
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle","description":"a "broken" quote",'
        '"headline":"Brightwell \\u0026 Oakline","datePublished":"2026-11-05"}</script>'
    )
    article = read_article(page(head=head).encode(), url=None)
    assert article.title == "Brightwell & Oakline"
    assert article.published_at == datetime(2026, 11, 5, tzinfo=UTC)


CHINESE = "明辉科技与远航通信签署专利交叉许可协议，双方将在第五代移动通信领域展开为期五年的合作，并共同建设数据中心。"
JAPANESE = "青葉電機は北斗通信と資本業務提携を結んだと発表した。両社は来年度から半導体の共同開発を始める予定である。"
KOREAN = "한빛전자는 누리통신과 특허 상호 사용 계약을 체결했다고 밝혔다. 두 회사는 이동통신 분야에서 협력한다."
VIETNAMESE = (
    "Công ty Sao Biển cho biết đã ký thỏa thuận mua lại mảng phần mềm của Hải Đăng với giá 40 triệu USD. "
    "Thương vụ dự kiến hoàn tất vào quý hai năm sau, khi cơ quan quản lý chấp thuận."
)
GERMAN = (
    "Die Lindenhof Maschinenbau übernimmt die Mehrheit an der Kölner Softwareschmiede Rheinkern. Über den Kaufpreis "
    "haben die Unternehmen Stillschweigen vereinbart, der Abschluss wird für das Frühjahr erwartet."
)


@pytest.mark.parametrize(
    ("text", "encoding", "declared", "language"),
    [
        (CHINESE, "utf-8", "utf-8", "zh"),
        (CHINESE, "gb18030", "gb2312", "zh"),
        (CHINESE, "gb18030", "utf-8", "zh"),  # the page lies
        (CHINESE, "gb18030", "", "zh"),
        (JAPANESE, "cp932", "Shift_JIS", "ja"),
        (JAPANESE, "euc_jp", "euc-jp", "ja"),
        (KOREAN, "cp949", "euc-kr", "ko"),
        (VIETNAMESE, "utf-8", "iso-8859-1", "vi"),
        (VIETNAMESE, "utf-16", "", "vi"),
        (GERMAN, "cp1252", "iso-8859-1", "de"),
        (PARAGRAPHS[0], "ascii", "us-ascii", "en"),
    ],
)
def test_encodings_and_languages(text: str, encoding: str, declared: str, language: str) -> None:
    head = f'<meta charset="{declared}">' if declared else ""
    html = page(head=head, title=text[:20].strip(), paragraphs=(text, text[::1]), lang="")
    article = read_article(html.encode(encoding), url="https://chip.example/a", content_type="text/html")
    assert text in article.text
    assert article.language == language


def test_the_transport_charset_is_used() -> None:
    html = page(title=CHINESE[:10], paragraphs=(CHINESE,), lang="")
    article = read_article(html.encode("big5hkscs", errors="ignore"), url=None, content_type="text/html; charset=Big5")
    assert "合作" in article.text


def test_plain_text_is_taken_as_it_stands() -> None:
    body = "\r\n  Sao Bien buys Hai Dang's software arm  \r\n\r\nThe price is 40 million dollars, both said.\r\n"
    article = read_article(b"\xef\xbb\xbf" + body.encode(), url="file:///news/a.txt", hint=Link("x", published="2026"))
    assert article.text == body.replace("\r\n", "\n")
    assert article.title == "Sao Bien buys Hai Dang's software arm"
    assert article.published_precision is DatePrecision.YEAR
    assert article.language == "en"


@pytest.mark.parametrize(
    ("head", "title", "day"),
    [
        ("---\ntitle: >-\n  A buys\n  B\ndate: 2026-03-01\n---\n", "A buys B", "2026-03-01"),
        ("---\ntitle: 'A: b'\ndate: '2026-03-01 05:01 -0500'\n---\n", "A: b", "2026-03-01"),
        ("---\ndate: 2026-02-30\n---\n", "date: 2026-02-30", None),
        ("---\ntitle: [\n---\n", "title: [", None),
        ("---\n- a\n---\n", "- a", None),
        ("---\n\n", "Brightwell has bought Oakline.", None),
    ],
)
def test_markdown_that_names_its_title_and_date(head: str, title: str, day: str | None) -> None:
    text = f"{head}Brightwell has bought Oakline.\n"
    article = read_article(text.encode(), url="file:///news/a.md")
    assert article.text == text
    assert article.title == title
    assert (article.published_at and article.published_at.date().isoformat()) == day


def test_a_text_in_one_long_line_is_titled_by_its_first_sentence() -> None:
    article = read_article(" ".join(PARAGRAPHS * 3).encode(), url="a.txt")
    assert article.title == PARAGRAPHS[0]


@pytest.mark.parametrize(
    ("first", "glued"),
    [
        ("Brightwell đưa ra loại cảm biến nhỏ hơn và rẻ hơn.", "Hôm nay, công ty cho biết "),
        ("The sensors of Brightwell.com and version 2.0 of U.S.A.made parts are smaller.", "Today the company said "),
        ("Kolibra wird von Nordvik übernommen, heißt es.", "Über den Preis sagt niemand etwas "),
    ],
)
def test_a_first_sentence_may_end_without_a_space_after_it(first: str, glued: str) -> None:
    article = read_article((first + glued + "x " * 300).encode(), url="a.txt")
    assert article.title == first


def test_text_comes_out_composed() -> None:
    article = read_article(unicodedata.normalize("NFD", VIETNAMESE).encode(), url="a.txt")
    assert article.text == VIETNAMESE
    assert article.language == "vi"


def test_a_gzipped_saved_page_is_unpacked() -> None:
    article = read_article(gzip.compress(page().encode()), url="file:///saved/a.html.gz")
    assert PARAGRAPHS[0] in article.text


def test_hints_stand_in_for_a_page_that_a_script_fills() -> None:
    url = "https://chip.example/app"
    hint = Link(url, title="Sao Bien buys a software arm", summary="Sao Bien buys a software arm for cash.")
    html = b"<html><head></head><body><div id=root></div><script>start()</script></body></html>"
    article = read_article(html, url=url, content_type="text/html", hint=hint)
    assert article.title == hint.title
    assert article.text == hint.summary


def test_configured_publisher_wins_and_configured_language_only_breaks_ties() -> None:
    article = read_article(page(head=JSON_LD).encode(), url=None, publisher="Chip Wire", source_language="vi")
    assert (article.publisher, article.language) == ("Chip Wire", "en")
    assert read_article(b"ACME XT-200 2026", url="a.txt", source_language="vi").language == "vi"
    assert read_article(b"2026: 12,5 %", url="a.txt", source_language="vi").language == "vi"
    assert read_article(b"2026: 12,5 %", url="a.txt").language == "und"


@pytest.mark.parametrize(
    "before",
    [
        "<!-- a long remark of the content management system that made this page -->",
        "<DOCUMENT>\n<TYPE>8-K\n<SEQUENCE>1\n<FILENAME>form8k.htm\n<DESCRIPTION>FORM 8-K\n<TEXT>\n",
    ],
)
def test_pages_that_do_not_begin_with_html(before: str) -> None:
    body = f"{before}<html><body><div><p>Brightwell has bought Oakline for $20 million.</p></div></body></html>"
    article = read_article(body.encode(), url="https://chip.example/a.htm", content_type="text/html")
    assert article.text == "Brightwell has bought Oakline for $20 million."


def test_a_large_page_is_read_when_it_is_large_by_its_scripts() -> None:
    html = page(head=JSON_LD + "<script>" + "x" * MAX_HTML_BYTES + "</script>")
    article = read_article(html.encode(), url="https://chip.example/a")
    assert article.published_precision is DatePrecision.TIME
    assert PARAGRAPHS[1] in article.text


@pytest.mark.parametrize(
    ("body", "content_type", "url", "message"),
    [
        (b"", "text/html", "https://chip.example/a", "empty"),
        (b" \n\t ", None, "a.txt", "empty"),
        (b"%PDF-1.7 ...", "text/html", "https://chip.example/a", "PDF"),
        (b"PK\x03\x04rest", None, "a.docx", "ZIP"),
        (bytes(range(256)) * 20, "text/html", "https://chip.example/a", "binary"),
        (b'<?xml version="1.0"?><rss version="2.0"></rss>', "text/xml", "https://chip.example/a", "feed"),
        (b'{"a": 1}', "application/json", "https://chip.example/a", "application/json"),
        (b'[{"a": 1}]', None, "a.txt", "JSON data"),
        (b"<html><body></body></html>", "text/html", "https://chip.example/a", "no article text"),
        (b"<html><head><title>Loading</title></head><body></body></html>", None, "a.html", "no text"),
        (b"\x1f\x8b" + b"junk", None, "a.html.gz", "damaged gzip"),
        (b"word " * 1_100_000, "text/plain", "a.txt", "5.5 MB"),
        (b"<html><body>" + b"<p>word word</p>" * 150_000, "text/html", "https://chip.example/a", "2.4 MB"),
        (gzip.compress(b"a" * 40_000_000), None, "a.txt.gz", "5.0 MB"),
    ],
)
def test_what_is_no_article_is_refused_by_name(body: bytes, content_type: str | None, url: str, message: str) -> None:
    with pytest.raises(ArticleError, match=message) as caught:
        read_article(body, url=url, content_type=content_type)
    assert str(caught.value).startswith(url)


@pytest.mark.parametrize(
    ("body", "url", "content_type", "kind"),
    [
        (b"<!doctype html><p>x", None, "text/plain", Kind.HTML),  # servers that send pages as plain text
        (b"<p>x", "a.md", None, Kind.TEXT),
        (b"plain words", "https://chip.example/a", "text/html", Kind.HTML),
        (b"plain words", "https://chip.example/a", "text/plain", Kind.TEXT),
        (b"plain words", "-", None, Kind.TEXT),
        (b"\n<!-- note --><html>", "noending", None, Kind.HTML),
        ("\ufefftext".encode("utf-16"), "a.txt", None, Kind.TEXT),
    ],
)
def test_kinds(body: bytes, url: str | None, content_type: str | None, kind: Kind) -> None:
    assert sniff(body, url=url, content_type=content_type) is kind


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.one_of(
        st.binary(max_size=400),
        st.text(max_size=300).map(str.encode),
        st.text(alphabet="<>/ph1tile \"'=&;!-[]{}ldjson+", max_size=300).map(lambda text: f"<html>{text}".encode()),
    ),
    url=st.sampled_from([None, "a.txt", "a.html", "https://chip.example/a"]),
    content_type=st.sampled_from([None, "text/html", "text/plain; charset=gbk", "text/html; charset=nonsense"]),
)
def test_any_bytes_give_an_article_or_an_article_error(body: bytes, url: str | None, content_type: str | None) -> None:
    try:
        article = read_article(body, url=url, content_type=content_type)
    except ArticleError:
        return
    assert article.text.strip()
    assert article.title
    assert unicodedata.is_normalized("NFC", article.text)
    assert "\n" not in article.title
