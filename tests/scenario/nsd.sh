# SPDX-License-Identifier: ISC
# tests/scenario/nsd.sh - nsd in the foreground, for scenarios that ask it the same as arpad.
# Comes behind lib.sh.

# start_nsd PORT ZONEFILE... - each file is NAME.zone of zone NAME. Waits until it answers.
start_nsd() {
	nsd_port=$1
	shift
	nsd_home=$scratch/nsd.$nsd_port
	mkdir "$nsd_home"
	{
		cat <<END
server:
	ip-address: 127.0.0.1
	port: $nsd_port
	username: ""
	chroot: ""
	server-count: 1
	pidfile: ""
	database: ""
	zonelistfile: "$nsd_home/zone.list"
	xfrdfile: "$nsd_home/xfrd.state"
	xfrdir: "$nsd_home"
	logfile: "$nsd_home/log"
	minimal-responses: yes
	rrl-ratelimit: 0
remote-control:
	control-enable: no
END
		for file in "$@"; do
			zone=$(basename "$file" .zone)
			printf 'zone:\n\tname: "%s"\n\tzonefile: "%s"\n\tprovide-xfr: 127.0.0.1 NOKEY\n' \
				"$zone" "$(realpath "$file")"
		done
	} >"$nsd_home/nsd.conf"
	nsd -d -c "$nsd_home/nsd.conf" >"$nsd_home/out" 2>&1 &
	nsd_pid=$!
	started="$started $nsd_pid"
	first=$(basename "$1" .zone)
	nsd_answers() {
		kill -0 "$nsd_pid" 2>/dev/null || return 0
		dig @127.0.0.1 -p "$nsd_port" "$first" SOA +norec +time=1 +tries=1 |
			grep -q 'status: NOERROR'
	}
	until_true nsd_answers
	kill -0 "$nsd_pid" 2>/dev/null || {
		not_ok "nsd starts" "$(cat "$nsd_home/log" "$nsd_home/out")"
		done_testing
	}
}
