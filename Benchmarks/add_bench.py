"""Measures how many updates a second a client gets acknowledged by `instctl serve`."""

import base64
import contextlib
import json
import pathlib
import statistics
import subprocess
import tempfile
from dataclasses import dataclass

WINDOWS = [1, 256]
ADDRESS = "/bench"
SMALLEST = 0.01  # seconds; what differs by less is noise of the start
STORAGES = {"memory": [], "disk": ["--data"]}


@dataclass
class Adder:
    """A contender: its command line, to which the file, the window and the URL are added."""

    name: str
    command: object  # (file, window, url, trust) -> command line
    share: float = 1  # of the updates; less for slow clients


def adders(instctl, python, folder):
    def with_library(file):
        return lambda lines, window, url, trust: [
            python, str(folder / file), str(lines), str(window), url, *trust]

    return [
        # What the peers do not do is turned off: compression. Its check for base64 stays.
        Adder(
            "instctl add-updates",
            lambda lines, window, url, trust: [
                instctl, "add-updates", "-s", url, ADDRESS, "--file", str(lines),
                "--inflight", str(window), "--no-compress", "-q", *trust],
        ),
        Adder("picows + orjson", with_library("add_with_picows.py"), 0.5),
        Adder("websockets + orjson", with_library("add_with_websockets.py"), 0.25),
    ]


def update(number):
    """A valid Yjs update that inserts text: one new client, one string, nothing deleted."""

    def variable(value):
        text = bytearray()
        while value > 127:
            text.append(value & 127 | 128)
            value >>= 7
        return bytes(text) + bytes([value])

    content = f"{number:_>170}".encode()
    struct = bytes([1, 1]) + variable(number + 1) + bytes([0, 4, 1, 4]) + b"text"
    return base64.b64encode(struct + variable(len(content)) + content + b"\0")


def write_lines(path, count):
    path.write_bytes(b"".join(update(number) + b"\n" for number in range(count)))
    return path


@contextlib.contextmanager
def server(instctl, tls, storage, folder):
    """The embedded server with nothing in it: (URL, the clients' options for its certificate)."""
    command = [instctl, "serve", "--port", "0", "-q"]
    if tls:
        command += ["--cert", str(tls / "cert.pem"), "--cert-key", str(tls / "key.pem")]
    data = folder / "data.jsonl"
    data.unlink(missing_ok=True)
    if storage == "disk":
        command += ["--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        url = json.loads(process.stdout.readline())["url"]
        yield url, ["--cacert", str(tls / "ca.pem")] if tls else []
    finally:
        process.kill()
        process.wait()


def verify(adder, instctl, tls, storage, folder, failure):
    """Checks by a run of its own that all is acknowledged, once, and stored."""
    lines = write_lines(folder / "few", 1000)
    with server(instctl, tls, storage, folder) as (url, trust):
        command = adder.command(lines, 256, url, trust)
        done = subprocess.run(command, capture_output=True, timeout=60)
        ids = [json.loads(line)["updateId"] for line in done.stdout.splitlines()]
        get = [instctl, "get-updates", "-s", url, ADDRESS, *trust]
        stored = json.loads(subprocess.run(get, capture_output=True, timeout=60).stdout)["updates"]
    wanted = lines.read_text().split()
    if done.returncode != 0 or sorted(ids) != list(range(1, 1001)) or stored != wanted:
        raise failure(
            f"{adder.name}: status {done.returncode}, {len(ids)} acknowledgements, "
            f"{len(stored)} updates stored: {done.stderr[-500:]}")


def rows(contenders, instctl, tls, storage, counts, rounds, measure, failure):
    """Rows of medians: for each window, all contenders.

    What a run with one update takes is the start, the login and the end, and is taken off.
    """
    table = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for adder in contenders:
            verify(adder, instctl, tls, storage, folder, failure)
        one = write_lines(folder / "one", 1)
        for window in WINDOWS:
            files, runs = {}, {adder.name: [] for adder in contenders}
            for adder in contenders:
                count = max(2, int(counts[window] * adder.share))
                files[adder.name] = count, write_lines(folder / f"{count}", count)
            for _ in range(rounds):
                for adder in contenders:
                    usages = []
                    for lines in (one, files[adder.name][1]):
                        with server(instctl, tls, storage, folder) as (url, trust):
                            command = adder.command(lines, window, url, trust)
                            usage, said = measure(command, subprocess.DEVNULL)
                        if usage["status"] != 0:
                            status = usage["status"]
                            raise failure(f"{adder.name}: exit status {status}: {said[-500:]}")
                        usages.append(usage)
                    runs[adder.name].append(usages)
            for adder in contenders:
                count, mine = files[adder.name][0] - 1, runs[adder.name]
                seconds, cpu = (
                    statistics.median(all[key] - few[key] for few, all in mine)
                    for key in ("wall", "cpu"))
                table.append(
                    {
                        "client": adder.name,
                        "window": window,
                        "updates_per_second": count / seconds if seconds >= SMALLEST else None,
                        "cpu_per_million": cpu / count * 1e6 if cpu >= SMALLEST else None,
                        "peak_mib": statistics.median(all["peak"] for _, all in mine) / 2**20,
                    })
    return table
