# SPDX-License-Identifier: ISC
"""The load generator: built when its source is new, run to its end, its result read."""
import contextlib
import hashlib
import json
import pathlib
import subprocess

from harness.debian import CACHE

SOURCES = sorted((pathlib.Path(__file__).resolve().parents[1] / "load").glob("*.[ch]pp"))


def program():
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in SOURCES)).hexdigest()[:16]
    binary = CACHE / f"load-{digest}"
    if not binary.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.glob("load-*"):
            old.unlink()
        units = [source for source in SOURCES if source.suffix == ".cpp"]
        subprocess.run(["g++", "-std=c++20", "-O2", "-o", binary, *units, "-lssl", "-lcrypto", "-pthread"], check=True,
                       timeout=300)
    return binary


def arguments(mode, timeout, options, command=()):
    words = [word for name, value in options.items() for word in ("--" + name.replace("_", "-"), str(value))]
    return [program(), mode, "--timeout", str(timeout), *words, *(["--", *command] if command else [])]


def run(mode, timeout=60, command=(), env=None, **options):
    """The generator's result as a dictionary. It fails when a single reply was not what it should be."""
    done = subprocess.run(arguments(mode, timeout, options, command), capture_output=True, text=True, env=env,
                          timeout=timeout + 30, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise RuntimeError(f"{mode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


@contextlib.contextmanager
def held(mode, server, timeout=60, **options):
    """The generator has made its connections and keeps them until the end of the block."""
    holder = subprocess.Popen(arguments(mode, timeout, options), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    try:
        if holder.stdout.readline() != "ready\n":
            raise server.failed("does not hold the connections: " + holder.stderr.read())
        yield
    finally:
        try:
            holder.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            holder.kill()
            holder.wait()
