"""An SMTP server in a process of its own: `python sink.py FOLDER`.

Says its port on the first line. Every message that it takes is a file of the folder;
when the file `victim` there says "PID NUMBER", the sender PID is killed once message
NUMBER has been taken and before it is told so.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Sink:
    def __init__(self, folder):
        self.folder = folder

    async def handle_DATA(self, _server, _session, envelope):
        number = len(list(self.folder.glob("*.eml"))) + 1
        part = self.folder / "part"
        part.write_bytes(envelope.content)
        part.rename(self.folder / f"{number:04}.eml")
        victim = self.folder / "victim"
        if victim.exists():
            pid, fatal = map(int, victim.read_text().split())
            if number == fatal:
                os.kill(pid, signal.SIGKILL)
                return "451 Nobody reads this"
        await asyncio.sleep(0.01)
        return "250 OK"


async def main(folder):
    sink = Sink(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="sink.example.com"), "127.0.0.1", 0
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
