"""`python -I -S forked_client.py SOCKET ARGS`: has the server (tests/forked.py) run a command line with our streams.

For hooks and other scripts, which name a program: it imports nothing but what is built in, to start as fast as can be.
"""

import _socket
import os
import sys

connection = _socket.socket(_socket.AF_UNIX)
connection.connect(sys.argv[1])
environment = "".join(f"{name}={value}\0" for name, value in os.environ.items())
parts = ["", os.getcwd(), str(len(sys.argv) - 2), *sys.argv[2:]]  # noqa: PTH109 - pathlib takes as long to import as all of this
text = os.fsencode("".join(f"{part}\0" for part in parts) + environment)
descriptors = b"".join(number.to_bytes(4, sys.byteorder) for number in range(3))
connection.sendmsg([b"%8d" % len(text)], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)])
connection.sendall(text)
said = b""
while said.count(b"\n") < 2:
    said += connection.recv(4096) or b"0\n9\n"
status = os.waitstatus_to_exitcode(int(said.split()[1]))
if status < 0:
    os.kill(os.getpid(), -status)
os._exit(status)
