# SPDX-License-Identifier: ISC
# bench/plot.gp - throughput and memory of all servers over the number of pairs.
#
#     bench/table RESULT.tsv --summary >SUMMARY
#     gnuplot -e "summary='SUMMARY'; folder='bench'" bench/plot.gp
#         -> bench/throughput.svg, bench/memory.svg
servers = system(sprintf("awk 'NR > 1 && !seen[$1]++ { printf \"%%s \", $1 }' '%s'", summary))
of(server) = sprintf("< awk -v s=%s '$1 == s' '%s'", server, summary)

set terminal svg size 760, 440 dynamic background rgb "white" font "sans-serif, 13"
set logscale x 10
set format x "10^{%L}"
set xlabel "pairs of PTR and address record"
set grid ytics lc rgb "#dddddd"
set border 3 lc rgb "#666666"
set xtics nomirror
set ytics nomirror
set key outside right center reverse Left samplen 2
set offsets graph 0.03, graph 0.03, 0, 0
# One colour a server in both, told apart by those who see less of red and green, too.
array colours[6] = ["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#555555"]
set style data linespoints

set output folder."/throughput.svg"
set title "Answers, as a share of a bare echo: median, least, most"
set yrange [0:1]
plot for [i = 1:words(servers)] of(word(servers, i)) using 2:3:4:5 with yerrorlines \
	lw 2 pt 7 ps 0.6 lc rgb colours[i] title word(servers, i)

set output folder."/memory.svg"
set title "Resident octets a pair; pages that processes share count once"
set yrange [*:*]
set logscale y 10
set format y "%.0f"
plot for [i = 1:words(servers)] of(word(servers, i)) using 2:7 \
	lw 2 pt 7 ps 0.6 lc rgb colours[i] title word(servers, i)
