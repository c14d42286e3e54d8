"""Newsroom pages of every build, of invented companies, to propose selectors for."""

from __future__ import annotations

HEADLINES = (
    "Larkmoor Systems acquires the optics division of Pellworm Photonics",
    "Larkmoor Systems and Ostrava Grid sign a five-year licence agreement",
    "Tannery Robotics raises 40 million euros from Larkmoor Ventures",
    "Larkmoor Systems completes its merger with Dunmore Semiconductor",
    "Quayside Telecom chooses Larkmoor Systems for its core network",
    "Larkmoor Systems opens a research centre for quantum sensors",
)
_MENU = "".join(
    f"<li class='menu-item'><a href='/{word}'>{word.capitalize()} of our company</a></li>"
    for word in ("products", "solutions", "investors", "careers", "sustainability", "contact", "partners", "support")
)
_FOOTER = "".join(f"<a href='/legal/{n}'>A legal page with quite a long name {n}</a>" for n in range(9))


def shell(content: str, *, lang: str = "en") -> bytes:
    """The content with what stands around it on every site: menus, related links, a footer."""
    return (
        f"<!doctype html><html lang='{lang}'><head><title>Newsroom</title>"
        f"<meta property='og:site_name' content='Larkmoor'></head><body><header><nav><ul>{_MENU}</ul></nav></header>"
        f"<main>{content}</main>"
        "<aside class='sidebar'><ul><li><a href='/blog/1'>An older story that many people read</a></li>"
        "<li><a href='/blog/2'>Another older story that many people read</a></li>"
        "<li><a href='/blog/3'>A third older story that many people read</a></li></ul></aside>"
        f"<footer><div class='footer-links'>{_FOOTER}</div></footer></body></html>"
    ).encode()


def days(form: str) -> list[str]:
    """One day for each headline, the newest first; ``form`` has {d} and {m}."""
    return [form.format(d=25 - 4 * number, m=11 - number // 3) for number in range(len(HEADLINES))]


def _each(item: str, dates: list[str]) -> str:
    return "".join(
        item.format(n=number, title=title, date=day)
        for number, (title, day) in enumerate(zip(HEADLINES, dates, strict=True), 1)
    )


ISO = days("2026-{m:02}-{d:02}")

UNORDERED = shell(
    "<ul class='press-list'>"
    + _each("<li><span class='when'>{date}</span> <a href='/press/release-{n}-on-a-deal'>{title}</a></li>", ISO)
    + "</ul><a class='next' href='/press?page=2'>Next</a>"
)
CARDS = shell(
    "<div class='grid grid-cols-3'>"
    + _each(
        "<a class='NewsCard_root__x7Yq{n} mt-4' href='/en/news/2026/release-{n}-on-a-deal'>"
        "<img src='/{n}.jpg'><div class='NewsCard_date__Zt9aB'>{date}</div>"
        "<h3 class='NewsCard_title__aB12c'>{title}</h3><p>We told the press about this today.</p></a>",
        days("November {d}, 2026"),
    )
    + "</div>"
)
TABLE = shell(
    "<table class='releases'><tr><th>Date</th><th>Release</th><th></th></tr>"
    + _each(
        "<tr><td>{date}</td><td><a href='release.aspx?id=88{n}'>{title}</a></td>"
        "<td><a href='/files/{n}.pdf'>PDF</a></td></tr>",
        days("{m:02}/{d:02}/2026"),
    )
    + "</table>"
)
DEFINITIONS = shell(
    "<dl class='news'>"
    + _each("<dt>{date}</dt><dd><a href='/ir/news/2026/{n}.html'>{title}</a></dd>", days("2026年{m}月{d}日"))
    + "</dl>",
    lang="ja",
)
ARTICLES = shell(
    "<section><div class='css-1q2w3e4'>"
    + _each(
        "<article class='post-{n} post type-post'><div class='thumb'><a href='/2026/11/release-{n}/'>"
        "<img src='/{n}.jpg' alt=''></a></div><div>"
        "<header><h2><a href='/2026/11/release-{n}/'>{title}</a></h2></header>"
        "<time datetime='{date}T09:00:00Z'>some days ago</time><div><p>Summary.</p>"
        "<a class='more' href='/2026/11/release-{n}/'>Read more</a></div></div></article>",
        ISO,
    )
    + "</div></section><nav class='pagination'><a rel='next' href='/newsroom/page/2/'>Older</a></nav>"
)
READ_MORE = shell(
    "<div class='list'>"
    + _each(
        "<div class='teaser'><p class='date'>{date}</p><p class='headline'>{title}</p>"
        "<a href='/presse/meldung-{n}-zu-einem-vertrag'>Weiterlesen</a></div>",
        days("{d}. November 2026"),
    )
    + "</div>",
    lang="de",
)
PLAIN = shell("<h1>News</h1>" + _each("<p><b>{date}</b><br><a href='/news/{n}-a-deal'>{title}</a></p>", ISO), lang="vi")
ALL = {
    "unordered": UNORDERED, "cards": CARDS, "table": TABLE, "definitions": DEFINITIONS, "articles": ARTICLES,
    "read more": READ_MORE, "plain": PLAIN,
}  # fmt: skip
