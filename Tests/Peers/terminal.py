"""A terminal that a program runs in, and its user: a pseudo-terminal whose screen the library `pyte`
keeps.

    terminal.py COLUMNSxROWS PROGRAM [ARGUMENT…]

Reads orders from stdin, one JSON object a line, and answers each with one:

    {"wait": ["text", …]}   until all the texts are on the screen
    {"waitGone": "text"}    until the text is not on the screen
    {"keys": "q"}           what the user types
    {"resize": [40, 10]}
    {"signal": 15}          to the program
    {"hangUp": true}        the terminal goes away
    {"end": true}           until the program has ended
    {"endUnread": true}     the same, while the terminal takes nothing

An answer has the screen, whether it is the alternate one, whether the cursor is hidden, whether the
terminal's settings are as they were, everything that was written so far, and the status once the
program has ended. `done` says whether what was waited for has happened.
"""

import fcntl
import json
import os
import select
import signal
import struct
import sys
import termios
import time

import pyte

# Less than the tests wait for an answer.
SECONDS = 25


class Screen(pyte.Screen):
    """A screen that knows the alternate buffer, which pyte does not."""

    alternate = False
    kept = None

    def set_mode(self, *modes, **options):
        if options.get("private") and 1049 in modes and not self.alternate:
            self.alternate = True
            self.kept = list(self.display)
            self.erase_in_display(2)
        super().set_mode(*modes, **options)

    def reset_mode(self, *modes, **options):
        if options.get("private") and 1049 in modes and self.alternate:
            self.alternate = False
            self.erase_in_display(2)
            for row, text in enumerate(self.kept[: self.lines], start=1):
                self.cursor_position(row, 1)
                self.draw(text.rstrip())
        super().reset_mode(*modes, **options)


class Terminal:
    def __init__(self, columns, rows, command):
        self.master, self.slave = os.openpty()
        self.size(columns, rows)
        self.settings = termios.tcgetattr(self.slave)
        self.screen = Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.written = b""
        self.status = None
        self.hung_up = False
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.master)
            os.login_tty(self.slave)
            os.execvp(command[0], command)

    def size(self, columns, rows):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        self.size(columns, rows)

    def turn(self, seconds=0.05):
        """Takes what the program has written, and whether it has ended."""
        if not self.hung_up and select.select([self.master], [], [], seconds)[0]:
            data = os.read(self.master, 65536)
            self.written += data
            self.stream.feed(data)
            return
        if self.hung_up:
            time.sleep(seconds)
        self.reap()

    def reap(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)

    def until(self, happened):
        end = time.monotonic() + SECONDS
        while not happened():
            if time.monotonic() > end:
                return False
            self.turn()
        return True

    def shows(self, text):
        return any(text in line for line in self.screen.display)

    def hang_up(self):
        os.close(self.master)
        os.close(self.slave)
        self.hung_up = True

    def end_unread(self):
        """Whether it ends though nobody takes what it writes."""
        end = time.monotonic() + SECONDS
        while self.status is None and time.monotonic() < end:
            time.sleep(0.05)
            self.reap()
        return self.status is not None

    def ended(self):
        if self.status is None:
            return False
        # What was written last may still be on its way.
        while not self.hung_up and select.select([self.master], [], [], 0)[0]:
            self.turn(0)
        return True

    def answer(self, done):
        answer = {
            "done": done,
            "screen": [line.rstrip() for line in self.screen.display],
            "colours": sorted(
                {cell.fg for row in self.screen.buffer.values() for cell in row.values()}
                - {"default"}
            ),
            "isAlternate": self.screen.alternate,
            "isCursorHidden": self.screen.cursor.hidden,
            "written": self.written.decode("utf-8", "replace"),
            "status": self.status,
        }
        if not self.hung_up:
            answer["isRestored"] = termios.tcgetattr(self.slave) == self.settings
        return answer


def main():
    columns, rows = map(int, sys.argv[1].split("x"))
    terminal = Terminal(columns, rows, sys.argv[2:])
    try:
        for line in sys.stdin:
            order = json.loads(line)
            done = True
            if "wait" in order:
                done = terminal.until(lambda: all(map(terminal.shows, order["wait"])))
            elif "waitGone" in order:
                done = terminal.until(lambda: not terminal.shows(order["waitGone"]))
            elif "keys" in order:
                os.write(terminal.master, order["keys"].encode())
            elif "resize" in order:
                terminal.resize(*order["resize"])
            elif "signal" in order:
                os.kill(terminal.pid, order["signal"])
            elif "hangUp" in order:
                terminal.hang_up()
            elif "endUnread" in order:
                done = terminal.end_unread()
            elif "end" in order:
                done = terminal.until(terminal.ended)
            print(json.dumps(terminal.answer(done)), flush=True)
    finally:
        if terminal.status is None:
            os.kill(terminal.pid, signal.SIGKILL)


main()
