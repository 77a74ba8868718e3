"""A line between an open page and the dashboard whose answers wait until a test lets them through."""

from playwright.sync_api import Page, WebSocketRoute

_SOCKET = "**/_stcore/stream"


class SlowLine:
    """Stands between a page and its server from before it is opened."""

    def __init__(self, page: Page) -> None:
        self.sent: list[bytes] = []
        """What the page has sent; the address that it had then stands in it."""
        self._waiting: list[tuple[WebSocketRoute, str | bytes]] = []
        self._is_slow = False
        page.route_web_socket(_SOCKET, self._connect)

    def hold(self) -> None:
        """Let nothing through to the page any more, and forget what was sent."""
        self._is_slow = True
        self.sent.clear()

    def release(self) -> None:
        """Let through what has waited, and everything from now on."""
        self._is_slow = False
        for socket, message in self._waiting:
            socket.send(message)
        self._waiting.clear()

    def _connect(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def out(message: str | bytes) -> None:
            self.sent.append(message if isinstance(message, bytes) else message.encode())
            server.send(message)

        def back(message: str | bytes) -> None:
            if self._is_slow:
                self._waiting.append((socket, message))
            else:
                socket.send(message)

        socket.on_message(out)
        server.on_message(back)
