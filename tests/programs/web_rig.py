"""A web server of the tests' on the loopback interface, and what it was asked for."""
import http.server
import queue
import threading

import program


class Later:
    """An answer that comes once it is due."""

    def __init__(self, octets):
        self.octets, self.is_due = octets, threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        web = self.server.web
        web.asked.append(self.path)
        web.coming.put(self.path)
        answer = web.files.get(self.path)
        if answer is Web.NEVER:
            web.is_over.wait(program.PATIENCE)
        elif isinstance(answer, Later):
            answer.is_due.wait(program.PATIENCE)
            self.answer(answer.octets)
        elif isinstance(answer, str):
            self.send_response(302)
            self.send_header("Location", answer)
            self.end_headers()
        elif answer is None:
            self.send_error(404)
        else:
            self.answer(answer)

    def answer(self, octets):
        """Without a length, so that the reader has to count for itself."""
        self.send_response(200)
        self.end_headers()
        try:
            self.wfile.write(octets)
        except ConnectionError:
            pass  # the reader has had enough

    def log_message(self, *_):
        pass


class Web:
    """Octets by path; a text is where they are instead."""
    NEVER = object()  # nothing comes

    def __init__(self):
        self.files, self.asked, self.is_over = {}, [], threading.Event()
        self.coming = queue.Queue()  # what is in `asked`, for one who waits
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.web = self
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server.server_address[1]}{path}"

    def close(self):
        self.is_over.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
