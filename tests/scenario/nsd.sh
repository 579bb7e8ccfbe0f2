# SPDX-License-Identifier: ISC
# tests/scenario/nsd.sh - nsd in the foreground, for scenarios that ask it the same as arpad.
# Comes behind lib.sh.

# start_nsd PORT ZONEFILE... - each file is NAME.zone of zone NAME, =2F for the / in it. At
# $nsd_address, or 127.0.0.1. Waits until it answers.
start_nsd() {
	nsd_port=$1
	shift
	nsd_home=$scratch/nsd.${nsd_address:=127.0.0.1}.$nsd_port
	mkdir "$nsd_home"
	{
		cat <<END
server:
	ip-address: $nsd_address
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
			zone=$(zone_of_file "$file")
			printf 'zone:\n\tname: "%s"\n\tzonefile: "%s"\n\tprovide-xfr: 127.0.0.1 NOKEY\n' \
				"$zone" "$(realpath "$file")"
		done
	} >"$nsd_home/nsd.conf"
	nsd -d -c "$nsd_home/nsd.conf" >"$nsd_home/out" 2>&1 &
	nsd_pid=$!
	started="$started $nsd_pid"
	first=$(zone_of_file "$1")
	nsd_answers() {
		kill -0 "$nsd_pid" 2>/dev/null || return 0
		dig "@$nsd_address" -p "$nsd_port" "$first" SOA +norec +time=1 +tries=1 |
			grep -q 'status: NOERROR'
	}
	until_true nsd_answers
	kill -0 "$nsd_pid" 2>/dev/null || {
		not_ok "nsd starts" "$(cat "$nsd_home/log" "$nsd_home/out")"
		done_testing
	}
}
