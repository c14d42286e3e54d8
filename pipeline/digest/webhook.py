"""A digest as a signed webhook, by the specification at https://standardwebhooks.com."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx

from pipeline.config_digests import WebhookChannel
from pipeline.errors import DeliveryError
from pipeline.output import instant
from storage.deliveries import Delivery

_TIMEOUT_SECONDS = 30.0
#: The receiver has read the message and does not want it; the same again would be refused again.
_REFUSED = frozenset({400, 410, 413, 415, 422})
_LONGEST_WAIT = timedelta(days=1)


def body_of(channel: WebhookChannel, delivery: Delivery, parts: Mapping[str, bytes]) -> bytes:
    """The message: the same at every attempt.

    Raises DeliveryError when it was too large to be kept.
    """
    digest = delivery.digest
    told: dict[str, object] = {
        "name": digest.name,
        "label": digest.label,
        "number": digest.number,
        "since": digest.since and digest.since.isoformat(),
        "until": digest.until and digest.until.isoformat(),
        "made_at": instant(digest.written_at),
        "count": digest.deals,
    }
    if channel.link is not None:
        told["url"] = f"{channel.link.rstrip('/')}/{quote(Path(digest.path).name)}" if digest.path else None
        told["sha256"] = digest.sha256
    elif "json" not in parts:
        raise DeliveryError(
            "the digest is too large for a webhook; narrow it down, or give the channel a link", permanent=True
        )
    message = {"type": "digest.made", "timestamp": instant(digest.written_at), "data": told}
    text = json.dumps(message, ensure_ascii=False).encode()
    return text if channel.link is not None else text[:-2] + b', "deals": ' + parts["json"] + b"}}"


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``: HMAC-SHA256 over id, time in Unix seconds, and body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


def send(channel: WebhookChannel, delivery: Delivery, parts: Mapping[str, bytes], now: datetime) -> None:
    """Post the message, once; ``now`` is aware UTC. Any 2xx is success. Raises DeliveryError.

    The host may be a private one, as the operator names it; so redirects, which anyone may send, are not followed.
    """
    body = body_of(channel, delivery, parts)
    message_id, timestamp = f"msg_{delivery.message_id}", int(now.timestamp())
    headers = {
        "content-type": "application/json",
        "user-agent": "dealwire",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(channel.secret, message_id, timestamp, body),
    }
    try:
        with (
            httpx.Client(timeout=_TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", channel.url, content=body, headers=headers) as answer,
        ):
            status, wait = answer.status_code, answer.headers.get("retry-after", "")
    except httpx.TimeoutException as error:
        raise DeliveryError(f"{channel.shown_url} did not answer in {_TIMEOUT_SECONDS:.0f} seconds") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DeliveryError(f"{channel.shown_url}: {error}") from error
    if 200 <= status < 300:
        return
    said = f"{channel.shown_url} answered {status}"
    if 300 <= status < 400:
        said += "; redirects are not followed, so give the address it leads to"
    after = min(timedelta(seconds=int(wait)), _LONGEST_WAIT) if wait.isdecimal() and len(wait) < 9 else None
    raise DeliveryError(said, permanent=status in _REFUSED, retry_after=after)
