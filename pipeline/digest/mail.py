"""A digest as a mail: text and HTML, with the deals attached as a file. One message to each address."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from pipeline.config_digests import DigestFormat, EmailChannel, MailSecurity
from pipeline.digest.writing import SUFFIXES
from pipeline.errors import DeliveryError
from storage.deliveries import Delivery
from storage.digests import DigestRecord

_TIMEOUT_SECONDS = 30.0
_PORTS = {MailSecurity.STARTTLS: 587, MailSecurity.TLS: 465, MailSecurity.NONE: 25}
_ATTACHED = {DigestFormat.CSV: ("text", "csv"), DigestFormat.JSONL: ("application", "jsonl")}


def compose(channel: EmailChannel, delivery: Delivery, parts: Mapping[str, bytes]) -> EmailMessage:
    """The message: the same at every attempt, as its ``Message-ID`` says.

    Raises DeliveryError when what it is made of was too large to be kept.
    """
    digest = delivery.digest
    form = next((form for form in _ATTACHED if form.value in parts), None)
    if form is None or not {"text", "html"} <= parts.keys():
        raise DeliveryError(
            "the digest is too large for a mail; narrow it down, or use its folder or a webhook with a link",
            permanent=True,
        )
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject(digest)
    message["From"] = channel.sender
    message["To"] = ", ".join(channel.to) if delivery.target in channel.to else delivery.target
    message["Date"] = digest.written_at
    message["Message-ID"] = f"<{delivery.message_id}@{_domain(channel)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(parts["text"].decode())
    message.add_alternative(parts["html"].decode(), subtype="html")
    kind, subtype = _ATTACHED[form]
    name = f"{digest.name}-{digest.label}{SUFFIXES[form]}"
    message.add_attachment(
        parts[form.value], maintype=kind, subtype=subtype, filename=name, params={"charset": "utf-8"}
    )
    return message


def subject(digest: DigestRecord) -> str:
    """``weekly 2026-W46: 12 deals``."""
    which = digest.label if digest.number is None else f"no. {digest.number}"
    return f"{digest.name} {which}: {digest.deals} deal{'' if digest.deals == 1 else 's'}"


def send(channel: EmailChannel, delivery: Delivery, parts: Mapping[str, bytes]) -> None:
    """Hand the message for ``delivery.target`` to the mail server. Raises DeliveryError."""
    message = compose(channel, delivery, parts)
    where = f"mail server {channel.server}"
    try:
        _hand_over(channel, delivery.target, message)
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        said = f"{where} refuses {delivery.target}: {code} {_said(answer)}"
        raise DeliveryError(said, permanent=code >= 500) from error
    except smtplib.SMTPAuthenticationError as error:
        raise DeliveryError(f"{where} does not accept user and password: {_said(error.smtp_error)}") from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        said = f"{where} refuses the mail: {error.smtp_code} {_said(error.smtp_error)}"
        raise DeliveryError(said, permanent=error.smtp_code >= 500) from error
    except smtplib.SMTPResponseException as error:
        raise DeliveryError(f"{where}: {error.smtp_code} {_said(error.smtp_error)}") from error
    except (smtplib.SMTPException, OSError) as error:  # ssl.SSLError and timeouts are OSErrors
        raise DeliveryError(f"{where}: {error}") from error


def _hand_over(channel: EmailChannel, recipient: str, message: EmailMessage) -> None:
    # Named after the sender's domain: to find our own name may ask a name server for long.
    port, domain = channel.port or _PORTS[channel.security], _domain(channel)
    if channel.security is MailSecurity.NONE:
        server = smtplib.SMTP(channel.server, port, domain, _TIMEOUT_SECONDS)
    else:
        context = ssl.create_default_context(cafile=channel.ca_file)
        if channel.security is MailSecurity.TLS:
            server = smtplib.SMTP_SSL(channel.server, port, domain, timeout=_TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(channel.server, port, domain, _TIMEOUT_SECONDS)
    try:
        if channel.security is MailSecurity.STARTTLS:
            server.starttls(context=context)
        if channel.user is not None and channel.password is not None:
            server.login(channel.user, channel.password)
        server.send_message(message, _bare(channel.sender), [_bare(recipient)])
        with suppress(smtplib.SMTPException, OSError):  # it has the mail; how it takes its leave is no matter
            server.quit()
    finally:
        server.close()


def _address(written: str) -> Address:
    message = EmailMessage()
    message["To"] = written
    (address,) = message["To"].addresses
    assert isinstance(address, Address)
    return address


def _bare(written: str) -> str:
    return _address(written).addr_spec


def _domain(channel: EmailChannel) -> str:
    return _address(channel.sender).domain


def _said(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:300]
