# Measuring: the micro-benchmarks, then the whole programs natively, in lind-vm and in the peers that are
# installed. Arguments go to bench/run_programs.py. Results as JSON and SVG in build/bench.

dev_bench() {
  quiet_build release
  mkdir -p build/bench
  if [ $# = 0 ] && [ -x build/bin/lindvm-micro-bench ]; then
    build/bin/lindvm-micro-bench --benchmark_out=build/bench/micro.json --benchmark_out_format=json \
      --benchmark_min_time=0.2
  fi
  bench/run_programs.py --output build/bench "$@"
}
