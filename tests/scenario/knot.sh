# SPDX-License-Identifier: ISC
# tests/scenario/knot.sh - knotd in the foreground, for scenarios that ask it the same as arpad.
# Comes behind lib.sh.

# What a scenario wants more in the configuration; it may have functions of its own instead, below.
knot_sections() { :; }
knot_zone() { :; } # ZONE - lines of that zone

# start_knot PORT ZONEFILE... - each file is NAME.zone of zone NAME, =2F for the / in it. Waits
# until it answers.
start_knot() {
	knot_port=$1
	shift
	knot_home=$scratch/knot.$knot_port
	mkdir "$knot_home"
	{
		cat <<END
server:
    listen: 127.0.0.1@$knot_port
    rundir: "$knot_home"
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: "$knot_home/log"
    any: warning
database:
    storage: "$knot_home"
END
		knot_sections
		echo 'zone:'
		for file in "$@"; do
			printf '  - domain: "%s"\n    file: "%s"\n' "$(zone_of_file "$file")" \
				"$(realpath "$file")"
			knot_zone "$(zone_of_file "$file")"
		done
	} >"$knot_home/knot.conf"
	knotd -c "$knot_home/knot.conf" >"$knot_home/out" 2>&1 &
	knot_pid=$!
	started="$started $knot_pid"
	# zones are loaded one after the other
	for file in "$@"; do :; done
	last=$(zone_of_file "$file")
	knot_answers() {
		kill -0 "$knot_pid" 2>/dev/null || return 0
		dig @127.0.0.1 -p "$knot_port" "$last" SOA +norec +time=1 +tries=1 |
			grep -q 'status: NOERROR'
	}
	until_true knot_answers
	kill -0 "$knot_pid" 2>/dev/null || {
		not_ok "knot starts" "$(cat "$knot_home/log" "$knot_home/out")"
		done_testing
	}
}
