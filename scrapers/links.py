"""Links, and when two addresses are one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

import idna


@dataclass(frozen=True, slots=True)
class Link:
    """An address found at a source, with what the source says of it.

    ``published`` is ISO 8601 and as long as it is precise: "2026", "2026-11", "2026-11-05", or
    "2026-11-05T10:00:00+00:00" (always UTC when it has a time). ``guid`` is the source's own identity of the item.
    ``title`` and ``summary`` are plain text. ``fingerprint``, known of files alone, changes when the document does.
    ``modified``, like ``published``, is when the page last changed; ``language`` (ISO 639-1) and ``publisher`` are what
    the source says of this one page.
    """

    url: str
    title: str | None = None
    published: str | None = None
    guid: str | None = None
    summary: str | None = None
    fingerprint: str | None = None
    modified: str | None = None
    language: str | None = None
    publisher: str | None = None


# Parameters that say where a reader came from, never which document it is. A known list, not a pattern of likely names:
# one tracker kept costs a second fetch, one identity dropped (?uid=7, ?gallery=3, ?source=9) loses a document.
_TRACKER = re.compile(
    r"(?:utm|mtm|itm|pk|piwik|matomo|hsa|mkt|vero|oly|stm|wt|at|_hs|__hs|elq|trk|ns|fb_action|_bta)_\w+"
    r"|[dgt]clid|fbclid|gclsrc|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|igshid?|li_fat_id|mc_[ce]id"
    r"|gad_source|gad_campaignid|srsltid|wickedid|epik|rdt_cid|s_cid|dm_i|zanpid|_openstat|_branch_match_id|rb_clickid"
    r"|_ga|_gl|_ke|_hsenc|_hsmi|hsctatracking|ref|ref_src|ref_url|referr?er|cmp|cmpid|ncid|ocid|xtor"
    r"|spm|scm|share_token|shareid|soc_src|soc_trk|guccounter|guce_referr?er(?:_sig)?|wpisrc|smid|__twitter_impression"
    r"|elqtrackid|elqtrack|elqcampaignid|elqaid|elqat|trackingid|hss_channel|sfmc_id|emci|emdi|ceid|sref|tpcc"
    r"|ck_subscriber_id|fb_ref|fb_source|intcmp|int_cid|mbid|cndid|esrc|sc_campaign|sc_channel",
    re.IGNORECASE,
)
# What a server calls a visit. The short names are also those of articles, so there the value has to look random.
_SESSION = re.compile(
    r"(?:j|php|asp)sessi(?:on)?id\w*|phpsessid|asp\.net_sessionid|cfid|cftoken|oscsid|zenid|_?session_?id"
    r"|(?:s|sid|session)(?==[0-9a-f]{26,}$)",
    re.IGNORECASE,
)
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*", re.IGNORECASE)
# Google's viewer and the caches of AMP pages: host or path, then "s/" for https, then the publisher's own address.
_AMP_VIEWER = re.compile(r"(?:www\.)?google(?:\.[a-z]{2,3}){1,2}", re.IGNORECASE)
_AMP_CACHE = re.compile(r"(?:[a-z0-9-]+\.)*(?:cdn\.ampproject\.org|bing-amp\.com)", re.IGNORECASE)
_AMP_PATH = re.compile(r"/(?:amp|[acv])(?P<secure>/s)?/(?P<rest>[^/]+\.[^/]+(?:/.*)?)")
_USER = re.compile(r"//[^/?#]*@")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRENDERED = re.compile(r"\{\{|\{%|<%|\$\{")  # a template that nobody filled in
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DEFAULT_PORT = {"http": 80, "https": 443}
_SPACE_AND_CONTROL = "".join(map(chr, range(0x21)))


def absolute_url(base: str, href: str) -> str | None:
    """``href`` as found in a document at ``base``, absolute, without user and fragment; None when it is not http(s)."""
    # Browsers drop line breaks and tabs inside an address, and so do feeds that wrap theirs.
    cleaned = re.sub(r"[\t\r\n]+", "", href.strip(_SPACE_AND_CONTROL))
    if not cleaned or cleaned.startswith("#") or _UNRENDERED.search(cleaned):
        return None
    try:
        given = urlsplit(cleaned)
        if given.scheme and not given.netloc:
            return None  # mailto: and the like, and "http://" alone, which joining would turn into the base itself
        parts = urlsplit(urljoin(base, cleaned))
        if parts.scheme.lower() not in _DEFAULT_PORT or not parts.hostname or parts.port == 0:
            return None
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme.lower(), host, _escaped(parts.path or "/"), _escaped(parts.query), ""))


def without_user(url: str) -> str:
    """The address, or what was meant as one, without user and password: those belong in no request, log or table."""
    return _USER.sub("//", url, count=1)


def canonical_url(url: str) -> str:
    """The one spelling of an address, which still leads to the document.

    Lower-case scheme and ASCII host, no default port, user, trailing dot, dot segments, fragment, trackers or sessions;
    parameters sorted by name; escapes in one form; a page in a viewer or cache of AMP is the publisher's. Idempotent.
    An address that cannot be split comes back as it is. Whether two addresses are one document: ``identity``.
    """
    text = unwrapped(url.strip(_SPACE_AND_CONTROL))
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return text
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORT or not host:
        return urlunsplit((scheme, parts.netloc, _escaped(parts.path), _escaped(parts.query), ""))
    netloc = ascii_host(host)
    if ":" in netloc:
        netloc = f"[{netloc}]"
    if port is not None and port != _DEFAULT_PORT[scheme]:
        netloc = f"{netloc}:{port}"
    path = _SESSION_IN_PATH.sub("", _without_dots(_escaped(parts.path))) or "/"
    return urlunsplit((scheme, netloc, path, _without_trackers(_escaped(parts.query)), ""))


def unwrapped(url: str) -> str:
    """The publisher's address of a page in Google's AMP viewer or a cache of AMP; else ``url``."""
    for _ in range(3):  # a viewer may show a cache
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            return url
        viewer = bool(_AMP_VIEWER.fullmatch(host)) and parts.path.startswith("/amp/")
        inside = _AMP_PATH.fullmatch(parts.path) if viewer or _AMP_CACHE.fullmatch(host) else None
        if inside is None:
            return url
        url = urlunsplit(("https" if inside["secure"] else "http", "", f"//{inside['rest']}", parts.query, ""))
    return url


def ascii_host(host: str) -> str:
    """A host name as it is asked for on the wire: lower case, punycode, no trailing dot."""
    name = host.rstrip(".").lower()
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return name


def _escaped(text: str) -> str:
    """Percent-escapes in one form: unreserved characters plain, all else that needs it escaped in upper case."""
    text = _BROKEN_ESCAPE.sub("%25", text)
    text = _ESCAPE.sub(lambda found: _plain_if_unreserved(found[0]), text)
    return quote(text, safe="%/:@!$&'()*+,;=?-._~", errors="replace")


def _plain_if_unreserved(escape: str) -> str:
    character = unquote(escape, errors="replace")
    return character if character in _UNRESERVED else escape.upper()


def _without_dots(path: str) -> str:
    """RFC 3986 §5.2.4, on a path that is absolute."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for position, segment in enumerate(segments):
        last = position == len(segments) - 1
        if segment in (".", ".."):
            if segment == ".." and kept:
                kept.pop()
            if last:
                kept.append("")
        else:
            kept.append(segment)
    return "/" + "/".join(kept)


def _without_trackers(query: str) -> str:
    parameters = [part for part in query.split("&") if part]
    kept = [part for part in parameters if not _TRACKER.fullmatch(part.partition("=")[0]) and not _is_session(part)]
    return "&".join(sorted(kept, key=lambda part: part.partition("=")[0]))


def _is_session(parameter: str) -> bool:
    named = _SESSION.match(parameter)
    return named is not None and parameter[named.end() : named.end() + 1] in ("", "=")
