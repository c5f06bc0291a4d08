// holdfast-bench [--quick] [Google Benchmark's options]

#include "tests/bench/measure.hpp"

#include <cstring>

int main(int argc, char** argv) {
  namespace bench = holdfast::bench;
  int kept = 1;
  for (int i = 1; i < argc; ++i)
    if (std::strcmp(argv[i], "--quick") == 0)
      bench::quick = true;
    else
      argv[kept++] = argv[i];
  argc = kept;
  argv[argc] = nullptr;
  bench::pin_to(bench::first_cpu);
  bench::add_read_rows();
  bench::add_store_rows();
  bench::add_writers_rows();
  bench::add_beside_rows();
  bench::add_wake_rows();
  bench::add_attach_rows();
  bench::add_redis_rows();
  // Last: their servers stay until the end.
  bench::add_cluster_rows();
  bench::add_replication_rows();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
