"""One Lambda function as a process: the real program behind an emulated Lambda Runtime API.

The protocol is that of the Lambda Developer Guide, "Using the Lambda runtime API": the program asks for the next
invocation and posts its response or error. One invocation at a time, as in one execution environment.
"""
import json
import os
import queue
import subprocess
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PREFIX = "/2018-06-01/runtime/"


class Sandbox:
    def __init__(self, name, program, handler, variables, timeout):
        self.name, self.program, self.timeout = name, program, timeout
        self.invocations, self.results = queue.Queue(), queue.Queue()
        self.lines, self.process = [], None
        self.alone = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), api_of(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.environment = {
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % self.server.server_address[1],
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": name,
            "AWS_SECRET_ACCESS_KEY": "secret",
            "_HANDLER": handler,
            **variables,
        }

    def start(self):
        self.process = subprocess.Popen([self.program], env=self.environment, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.listen, args=(self.process.stdout,), daemon=True).start()

    def listen(self, out):
        for line in out:
            self.lines.append(line)

    def invoke(self, event):
        """The answer as (error, payload, seconds); an error is the name of its type."""
        with self.alone:
            return self.invoke_alone(event)

    def invoke_alone(self, event):
        if self.process is None or self.process.poll() is not None:
            self.start()
        began = time.perf_counter()
        self.invocations.put((str(uuid.uuid4()), json.dumps(event).encode()))
        while True:
            try:
                failed, body = self.results.get(timeout=0.05)
                took = time.perf_counter() - began
                payload = json.loads(body or b"null")
                return (payload["errorType"] if failed else None), payload, took
            except queue.Empty:
                took = time.perf_counter() - began
                if self.process.poll() is not None:
                    self.process = None
                    return "Runtime.ExitError", None, took
                if took > self.timeout:
                    self.process.kill()
                    self.process = None
                    return "Sandbox.Timedout", None, took

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.server.shutdown()


def api_of(sandbox):
    class Api(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_):
            pass

        def answer(self, status, body=b"", headers=()):
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            request, body = sandbox.invocations.get()
            deadline = int((time.time() + sandbox.timeout) * 1000)
            arn = "arn:aws:lambda:us-east-1:123456789012:function:" + sandbox.name
            self.answer(200, body, [
                ("Lambda-Runtime-Aws-Request-Id", request),
                ("Lambda-Runtime-Deadline-Ms", str(deadline)),
                ("Lambda-Runtime-Invoked-Function-Arn", arn),
            ])

        def do_POST(self):
            body = self.body()
            kind = self.path.removeprefix(PREFIX).split("/")[-1]
            if kind in ("response", "error"):
                sandbox.results.put((kind == "error", body))
            self.answer(202)

        def body(self):
            length = self.headers.get("Content-Length")
            if length is not None:
                return self.rfile.read(int(length))
            chunks = []
            while size := int(self.rfile.readline().strip() or b"0", 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)

    return Api
