// What three nodes do for a region together, beside what Redis, etcd and NATS
// do for a value, in the same run and with the same pinning.
#include "tests/bench/process.hpp"
#include "tests/bench/replication.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>

namespace holdfast::bench {

namespace {

/// One folder for the whole run. A static object: it goes also when the
/// benchmark gives up.
class run_folder {
public:
  explicit run_folder(const std::string& in) {
    auto path = in + "/holdfast-bench-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr)
      give_up("cannot make a directory in " + in);
    path_ = path;
  }

  ~run_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  run_folder(const run_folder&) = delete;
  run_folder& operator=(const run_folder&) = delete;

  std::string sub(const std::string& name) const {
    const auto path = path_ + "/" + name;
    std::filesystem::create_directory(path);
    return path;
  }

private:
  std::string path_;
};

} // namespace

std::string why_no_nodes() {
  return find_node() ? "" : "holdfast-node is not built";
}

std::string first_reason(std::initializer_list<std::string> reasons) {
  for (const auto& why : reasons)
    if (!why.empty())
      return why;
  return {};
}

figures run_once(benchmark::State& state,
                 const std::function<std::string()>& why_not,
                 const std::function<figures()>& measure) {
  try {
    if (const auto why = why_not(); !why.empty()) {
      state.SkipWithError(("skipped: " + why).c_str());
      return {};
    }
    const auto found = measure();
    for (auto _ : state)
      state.SetIterationTime(1e-9);
    return found;
  } catch (const std::exception& failed) {
    give_up(failed.what());
  }
}

std::string memory_directory(const std::string& name) {
  static const run_folder folder{"/dev/shm"};
  return folder.sub(name);
}

std::string disk_directory(const std::string& name) {
  static const run_folder folder{std::filesystem::temp_directory_path()};
  return folder.sub(name);
}

double share_of(std::vector<double> samples, double share) {
  const auto at = samples.begin()
                  + static_cast<std::ptrdiff_t>(
                    static_cast<double>(samples.size() - 1) * share);
  std::nth_element(samples.begin(), at, samples.end());
  return *at;
}

void add_replication_rows() {
  add_visible_rows();
  add_update_rows();
  add_flush_rows();
  add_fill_rows();
  add_home_failover_rows();
}

} // namespace holdfast::bench
