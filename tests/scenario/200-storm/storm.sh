# SPDX-License-Identifier: ISC
# storm.sh - start_storm; run_storm RELOADS; then "$scratch/storm" and "$scratch/clients" have what
# came of it.

storm_folder=$root/tests/scenario/200-storm
export PYTHONPATH="$PYTHONPATH:$storm_folder"

start_storm() {
	port=$(free_port)
	python3 "$storm_folder/network.py" "$scratch" "$port"
	start_arpad "$scratch/arpad.yaml"
}

# run_storm RELOADS - with clients that ask from before the first to after the last.
run_storm() {
	python3 "$storm_folder/clients.py" "$port" "$scratch/stop" >"$scratch/clients" 2>&1 &
	clients=$!
	started="$started $clients"
	until_true grep -q begun "$scratch/clients"
	python3 "$storm_folder/storm.py" $pid "$ARPA" "$scratch" "$port" "$1" >"$scratch/storm" 2>&1
	touch "$scratch/stop"
	finish $clients
	clients_status=$status
}

no_line() {
	! grep -e "$1" "$log"
}
