"""A real mail server on loopback that keeps what it is given, and can be told to refuse."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Protocol
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

#: A certificate for localhost with its key, trusted by nobody else; for tests alone.
CERTIFICATE = Path(__file__).with_name("loopback.pem")


@dataclass(slots=True)
class MailServer:
    """What arrived, and what to answer: ``refuse`` maps a recipient, or ``data``, to an answer such as ``550 no``."""

    port: int = 0
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(
        self, server: Protocol, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Protocol, session: Session, envelope: Envelope) -> str:
        if "data" in self.refuse:
            return self.refuse["data"]
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        return "250 OK"

    def authenticate(
        self, server: Protocol, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login, given.password))
        return AuthResult(success=given.password == b"right", handled=False)


class _Controller(Controller):
    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]  # to ask itself whether it is there
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server(security: str = "none", *, login: bool = False) -> Iterator[MailServer]:
    """A running server: ``none``, ``starttls`` (which it then demands) or ``tls``."""
    server = MailServer()
    context = None
    if security != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
    controller = _Controller(
        server, "127.0.0.1", 0, ready_timeout=30,
        ssl_context=context if security == "tls" else None,
        tls_context=context if security == "starttls" else None, require_starttls=security == "starttls",
        authenticator=server.authenticate if login else None, auth_required=login and security == "starttls",
        auth_require_tls=security == "starttls",
    )  # fmt: skip
    controller.start()
    try:
        server.port = controller.port
        yield server
    finally:
        controller.stop()
