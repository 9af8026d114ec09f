# SPDX-License-Identifier: Apache-2.0
"""A wire between two nodes that can be cut and joined: a TCP relay on loopback."""

import socket
import threading
import time


class Link:
    """Relays connections from a port of its own to `target`; counts the bytes it carries."""

    def __init__(self, target):
        self.target = target
        self.lock = threading.Lock()
        self.sockets = set()
        self.listener = None
        self.bytes = 0
        # When the first byte passed, on the monotonic clock; None before.
        self.began = None
        self.join()
        self.port = self.listener.getsockname()[1]

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def join(self):
        """The wire is whole again."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", getattr(self, "port", 0)))
        listener.listen()
        self.listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self):
        """Nothing passes any more, in the middle of whatever is under way."""
        with self.lock:
            listener, self.listener = self.listener, None
            sockets, self.sockets = self.sockets, set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for each in sockets:
            end(each)

    def _accept(self, listener):
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            try:
                called = socket.create_connection(self.target, timeout=10)
            except OSError:
                end(caller)
                continue
            called.settimeout(None)
            with self.lock:
                if self.listener is not listener:
                    end(caller)
                    end(called)
                    return
                self.sockets |= {caller, called}
            for source, sink in ((caller, called), (called, caller)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source, sink):
        try:
            while data := source.recv(65_536):
                if self.began is None:
                    self.began = time.monotonic()
                self.pass_on(data, source, sink)
                with self.lock:
                    self.bytes += len(data)
        except OSError:
            pass
        end(source)
        end(sink)
        self.ended(source, sink)

    def pass_on(self, data, source, sink):
        """Gives on what came; a wire of another kind does otherwise. `OSError` ends the connection."""
        sink.sendall(data)

    def ended(self, source, sink):
        """One direction of a connection has ended, and with it the other."""


def end(each):
    """Closes a socket, also while another thread waits for it."""
    try:
        each.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    each.close()
