# SPDX-License-Identifier: ISC
# resolvers.sh - unbound and named in the foreground, at port 53 of an address, with the root of
# $scratch/hints. Comes behind lib.sh.

# A copy: a policy of the system may let the installed program read its own folders alone.
copy_of() {
	[ -x "$scratch/$1" ] || cp "$(command -v "$1")" "$scratch/$1"
	echo "$scratch/$1"
}

# run_resolver ADDRESS NAME OPTION... - waits until it answers.
run_resolver() {
	address=$1 resolver=$2
	shift 2
	"$(copy_of "$resolver")" "$@" >"$scratch/log.$address" 2>&1 &
	resolver_pid=$!
	started="$started $resolver_pid"
	resolver_answers() {
		kill -0 "$resolver_pid" 2>/dev/null || return 0
		dig "@$address" version.bind CH TXT +time=1 +tries=1 | grep -q 'status:'
	}
	until_true resolver_answers
	kill -0 "$resolver_pid" 2>/dev/null || {
		not_ok "$resolver starts" "$(cat "$scratch/log.$address")"
		done_testing
	}
}

# start_unbound ADDRESS yes|no - does it minimise?
start_unbound() {
	cat >"$scratch/unbound.$1" <<END
server:
	interface: $1
	outgoing-interface: $1
	username: ""
	chroot: ""
	directory: "$scratch"
	pidfile: ""
	use-syslog: no
	do-daemonize: no
	do-ip6: no
	do-not-query-localhost: no
	unblock-lan-zones: yes
	module-config: "iterator"
	root-hints: "$scratch/hints"
	qname-minimisation: $2
	qname-minimisation-strict: $2
remote-control:
	control-enable: no
END
	run_resolver "$1" unbound -d -c "$scratch/unbound.$1"
}

# start_named ADDRESS strict|off - it listens at addresses that an interface has, not at all of
# 127.0.0.0/8.
start_named() {
	ip address add "$1/8" dev lo
	mkdir "$scratch/home.$1"
	cat >"$scratch/named.$1" <<END
options {
	directory "$scratch/home.$1";
	listen-on { $1; };
	listen-on-v6 { none; };
	query-source address $1;
	pid-file none;
	session-keyfile none;
	lock-file none;
	max-cache-size 16m;
	recursion yes;
	allow-recursion { any; };
	dnssec-validation no;
	empty-zones-enable no;
	qname-minimization $2;
};
controls { };
zone "." { type hint; file "$scratch/hints"; };
END
	run_resolver "$1" named -4 -n 1 -g -c "$scratch/named.$1"
}
