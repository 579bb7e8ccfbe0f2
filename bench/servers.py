# SPDX-License-Identifier: ISC
"""The servers that bench/peers measures: how each is configured and started.

For all alike: one worker (and one thread for TCP where it cannot be none), on 127.0.0.1 over IPv4,
in the foreground, nothing logged but errors, no rate limit, the section of additional data left out
where a server would fill it, no zone transfer, no control channel where it can be off. Everything
else, caches too, stays at its default. The zones are text, and the same for each.

A server is a class: `program` that must be installed; prepare(task) writes what it needs into
task.home; command(task) starts it. task: build, home (a folder of its own), port, net (bench/gen's
folder), zones [(name, file)]."""

import os
import re
import shutil


def write(task, name, text):
    path = os.path.join(task.home, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


class Echo:
    """Sends each datagram back: what the system allows (bench/echo.c)."""

    name = "echo"
    is_dns = False

    @staticmethod
    def program(build):
        return os.path.join(build, "bench", "echo")

    @staticmethod
    def prepare(task):
        pass

    @staticmethod
    def command(task):
        return [os.path.join(task.build, "bench", "echo"), f"127.0.0.1@{task.port}"]


class Server:
    is_dns = True
    has_state = False

    @classmethod
    def program(cls, _build):
        return shutil.which(cls.binary, path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")


class Arpad(Server):
    """From the YAML files; counters, watching of files and the state folder stay on."""

    name = "arpad"
    has_state = True  # the next start need not read text

    @staticmethod
    def program(build):
        path = os.path.join(build, "arpad")
        return path if os.access(path, os.X_OK) else None

    @staticmethod
    def prepare(task):
        path = os.path.join(task.net, "arpad.yaml")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(re.sub(r"server: \{.*", "server: {workers: 1, listen: "
                           f"[127.0.0.1@{task.port}], state: {task.home}/state}}", text))

    @staticmethod
    def command(task):
        return [os.path.join(task.build, "arpad"), "-c", os.path.join(task.net, "arpad.yaml")]


class Gdnsd(Server):
    """udp_threads and tcp_threads are 2 each by default. It has minimal answers, no rate limit and
    no log of queries as it is. A zone's file bears the zone's name alone."""

    name = binary = "gdnsd"

    @staticmethod
    def prepare(task):
        folder = os.path.join(task.home, "zones")
        os.mkdir(folder)
        for zone, file in task.zones:
            os.link(file, os.path.join(folder, zone))
        write(task, "config", f"""options => {{
  listen => 127.0.0.1:{task.port}
  udp_threads => 1
  tcp_threads => 1
  run_dir => {task.home}/run
  state_dir => {task.home}/state
}}
""")

    @classmethod
    def command(cls, task):
        return [cls.program(""), "-c", task.home, "start"]


class Knot(Server):
    """udp-workers, tcp-workers and background-workers follow the number of cores by default. It
    adds no more than glue. semantic-checks off and journal-content none: what no other server does
    either. It has no rate limit unless the module is loaded."""

    name, binary = "knot", "knotd"

    @staticmethod
    def prepare(task):
        zones = "".join(f"  - domain: \"{z}\"\n    file: \"{f}\"\n" for z, f in task.zones)
        write(task, "knot.conf", f"""server:
    listen: 127.0.0.1@{task.port}
    rundir: "{task.home}"
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: error
database:
    storage: "{task.home}"
template:
  - id: default
    storage: "{task.home}"
    semantic-checks: off
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:
{zones}""")

    @classmethod
    def command(cls, task):
        return [cls.program(""), "-c", os.path.join(task.home, "knot.conf")]


class Nsd(Server):
    """server-count is 1 by default, stated all the same. database "": zone files are read at each
    start, as by default since 4.8. minimal-responses leave out additional data that fits;
    rrl-ratelimit 0: Debian's build has a limit of 200 a second."""

    name = binary = "nsd"

    @staticmethod
    def prepare(task):
        zones = "".join(f"zone:\n\tname: \"{z}\"\n\tzonefile: \"{f}\"\n" for z, f in task.zones)
        write(task, "nsd.conf", f"""server:
	ip-address: 127.0.0.1
	port: {task.port}
	do-ip6: no
	username: ""
	chroot: ""
	server-count: 1
	pidfile: ""
	database: ""
	zonelistfile: "{task.home}/zone.list"
	xfrdfile: "{task.home}/xfrd.state"
	xfrdir: "{task.home}"
	verbosity: 0
	minimal-responses: yes
	rrl-ratelimit: 0
remote-control:
	control-enable: no
{zones}""")

    @classmethod
    def command(cls, task):
        return [cls.program(""), "-d", "-c", os.path.join(task.home, "nsd.conf")]


class Named(Server):
    """-n 1: one worker, else one a core. recursion no, so that nothing is looked up or cached;
    minimal-responses yes (no-auth-recursive by default); notify, transfers and the empty zones of
    RFC 6303, which hold 10.in-addr.arpa, off; every log channel null but errors."""

    name, binary = "bind", "named"

    @staticmethod
    def prepare(task):
        zones = "".join(f"zone \"{z}\" {{ type primary; file \"{f}\"; }};\n" for z, f in task.zones)
        write(task, "named.conf", f"""options {{
	directory "{task.home}";
	listen-on port {task.port} {{ 127.0.0.1; }};
	listen-on-v6 {{ none; }};
	pid-file none;
	session-keyfile none;
	recursion no;
	minimal-responses yes;
	empty-zones-enable no;
	notify no;
	allow-transfer {{ none; }};
	querylog no;
	check-names primary ignore;
}};
controls {{ }};
logging {{
	channel errors {{ stderr; severity error; }};
	category default {{ errors; }};
	category queries {{ null; }};
}};
{zones}""")

    @classmethod
    def command(cls, task):
        return [cls.program(""), "-f", "-n", "1", "-c", os.path.join(task.home, "named.conf")]


class Pdns(Server):
    """The bind backend with zone files, all in memory. receiver-threads is 1 by default;
    distributor-threads 1 (3 by default): the receiver asks the backend itself, no queue between. The
    packet and query caches stay as they are by default. It has no rate limit."""

    name, binary = "pdns", "pdns_server"

    @classmethod
    def prepare(cls, task):
        zones = "".join(f"zone \"{z}\" {{ type master; file \"{f}\"; }};\n" for z, f in task.zones)
        write(task, "zones.conf", zones)
        write(task, "pdns.conf", f"""launch=bind
bind-config={task.home}/zones.conf
local-address=127.0.0.1
local-port={task.port}
receiver-threads=1
distributor-threads=1
socket-dir={task.home}
write-pid=no
disable-syslog=yes
loglevel=3
log-dns-queries=no
disable-axfr=yes
""")

    @classmethod
    def command(cls, task):
        return [cls.program(""), f"--config-dir={task.home}", "--daemon=no", "--guardian=no"]


ALL = [Arpad, Gdnsd, Knot, Nsd, Named, Pdns]
