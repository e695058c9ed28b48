"""nginx as a static file server: a process of our own with its own settings, never the system's service.

sendfile with tcp_nopush is what Debian's own nginx.conf has, and was the fastest of what was tried: it sends the head
together with the first bytes of the file. Without tcp_nopush, a request costs about 15 % more at 60 KB.
"""
from __future__ import annotations

import grp
import os
import pwd

from .bench import Bench, pinned, tool
from .server_process import ServerProcess, free_port

CONFIG = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_timeout 75s;
  keepalive_requests 1000000000;
  default_type application/json;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    root {folder}/files;
  }}
}}
"""


class Nginx:
    """Serves the files that are put; started through `bench`, on its first core."""

    def __init__(self, bench: Bench, files: dict[str, bytes]):
        program = tool("nginx")
        folder = bench.folder / "nginx"
        (folder / "files").mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / "files" / name).write_bytes(content)
        port = free_port()
        config = folder / "nginx.conf"
        config.write_text(CONFIG.format(folder=folder, port=port, user=_user()))
        command = [program, "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log")]
        self.url = f"http://127.0.0.1:{port}"
        self.server = bench.keep(ServerProcess(pinned(command, core=0), port, folder / "log"))


def _user() -> str:
    # Root's nginx would hand its worker to "nobody", who may not read a temporary folder of root's.
    if os.geteuid() != 0:
        return ""
    return f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(os.getegid()).gr_name};"
