"""The service ends when told to, whatever hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.loopback import LoopbackServer
from tests.pipeline.bad_input.commands import configure
from tests.pipeline.newsroom import feed


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM is no signal there")
def test_sigterm_ends_the_service_although_a_page_hangs(folder: Path, server: LoopbackServer) -> None:
    server.add("/hangs", delay=60)
    configure(folder, {"News": feed(server, ["/hangs"])}, ", read_timeout_seconds: 2")
    service = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "run"],
        cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        end = time.monotonic() + 40
        while not server.count("/hangs"):
            assert time.monotonic() < end
            assert service.poll() is None
            time.sleep(0.05)
        told_at = time.monotonic()
        service.send_signal(signal.SIGTERM)
        _, said = service.communicate(timeout=30)
        seconds = time.monotonic() - told_at
    finally:
        service.kill()
        service.wait()
    assert service.returncode == 0, said
    assert seconds < 15
    assert "fetch failed (News): " + server.url("/hangs") in said
    assert said.rstrip().endswith("stopped")
