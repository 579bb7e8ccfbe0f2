# SPDX-License-Identifier: ISC
# tests/scenario/lib.sh - what every scenario begins with:
#
#     . "$(dirname "$0")/../lib.sh"
#     port=$(free_port)
#     ... write "$scratch/arpad.yaml" ...
#     start_arpad "$scratch/arpad.yaml"
#     same 'what is claimed' "$(dig ... +short)" 'what must come'
#     done_testing
#
# A scenario prints TAP, uses loopback and ports that are free, lasts seconds, and leaves nothing
# behind: $scratch is removed and what start() started is ended, by its process id, when it exits.

root=$(cd "$(dirname "$0")/../../.." && pwd)
here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$root/$BUILD ;; esac
ARPAD=${ARPAD:-$BUILD/arpad}
ARPA=${ARPA:-$BUILD/arpa}
export PYTHONPATH="$root/tests/scenario" PYTHONDONTWRITEBYTECODE=1
unset JOURNAL_STREAM

scratch=$(mktemp -d) || exit 1
started=
claims=0
failed=0

clean_up() {
	for pid in $started; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 1' HUP INT PIPE TERM

ok() {
	claims=$((claims + 1))
	echo "ok $claims - $1"
}

# not_ok TEXT [DETAIL]
not_ok() {
	claims=$((claims + 1)) failed=$((failed + 1))
	echo "not ok $claims - $1"
	[ -z "$2" ] || printf '%s\n' "$2" | sed 's/^/# /'
}

# skip TEXT WHY
skip() {
	claims=$((claims + 1))
	echo "ok $claims - $1 # SKIP $2"
}

# same TEXT GOT EXPECTED
same() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got:      $2
expected: $3"
	fi
}

# has TEXT STRING PART... - the string has each part in it, literally.
has() {
	text=$1 string=$2
	shift 2
	for part in "$@"; do
		case $string in
		*"$part"*) ;;
		*)
			not_ok "$text" "missing: $part
in:      $string"
			return
			;;
		esac
	done
	ok "$text"
}

# claim TEXT COMMAND... - the command succeeds.
claim() {
	text=$1
	shift
	if detail=$("$@" 2>&1); then ok "$text"; else not_ok "$text" "$detail"; fi
}

# The last line of a scenario.
done_testing() {
	echo "1..$claims"
	[ $failed -eq 0 ]
	exit
}

has_ipv6() {
	python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' 2>/dev/null
}

# A port that is free for UDP and TCP, at 127.0.0.1 and at all other addresses.
free_port() {
	python3 -c 'import dns; print(dns.free_port())'
}

# zone_of_file FILE - the zone of a file that `arpa pairs -o` names.
zone_of_file() {
	basename "$1" .zone | sed 's:=2F:/:'
}

# copy_serials PORT ZONEFILE... - into what `arpa pairs -o` wrote, those served at the port: without
# a state they are the time of the start.
copy_serials() {
	at=$1
	shift
	for file in "$@"; do
		serial=$(dig @127.0.0.1 -p "$at" "$(zone_of_file "$file")" SOA +short |
			cut -d ' ' -f 3)
		sed -i "s/\(	SOA	[^ ]* [^ ]*\) [0-9]*/\1 $serial/" "$file"
	done
}

# until_true COMMAND... - asks again and again, for ten seconds at most.
until_true() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 500 ] || return 1
		sleep 0.02
	done
}

# lines_are PATTERN COUNT - the log has at least so many lines that match.
lines_are() {
	[ "$(grep -c -e "$1" "$log")" -ge "$2" ]
}

alive_and_not_ready() {
	kill -0 "$pid" 2>/dev/null && ! grep -q '^arpad: ready' "$log"
}
settled() {
	! alive_and_not_ready
}

# start_arpad FILE - in the background; wait until it serves. Sets $pid and $log.
start_arpad() {
	log=$scratch/log.$((claims)).$(echo "$started" | wc -w)
	: >"$log"
	$WRAPPER "$ARPAD" -c "$1" 2>"$log" &
	pid=$!
	started="$started $pid"
	until_true settled
	grep -q '^arpad: ready' "$log" && return
	not_ok "arpad starts with $1" "$(cat "$log")"
	done_testing
}

# finish PID - wait for what was started; $status is its exit status.
finish() {
	wait "$1"
	status=$?
	started=$(echo " $started " | sed "s/ $1 / /")
}

# end PID SIGNAL
end() {
	kill -"$2" "$1"
	finish "$1"
}

# fails TEXT STATUS PART... -- COMMAND... - the command ends with that status, in ten seconds, and
# says each part.
fails() {
	text=$1 expected=$2
	shift 2
	: >"$scratch/parts"
	while [ "$1" != -- ]; do
		printf '%s\n' "$1" >>"$scratch/parts"
		shift
	done
	shift
	output=$(timeout 10 "$@" 2>&1 </dev/null)
	status=$?
	[ $status -eq "$expected" ] || {
		not_ok "$text" "exit status $status, not $expected: $output"
		return
	}
	while IFS= read -r part; do
		case $output in
		*"$part"*) ;;
		*)
			not_ok "$text" "missing: $part
in:      $output"
			return
			;;
		esac
	done <"$scratch/parts"
	ok "$text"
}
