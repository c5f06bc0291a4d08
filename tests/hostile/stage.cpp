#include "tests/hostile/stage.hpp"

#include "shm/client/connection.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/sanitizers.hpp"

#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace holdfast::test {

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

// In KiB; a sanitizer lets freed bytes linger.
constexpr std::int64_t rss_growth_max = (sanitized ? 512 : 48) << 10;

std::string principal(const std::string& name, uid_t user,
                      const std::string& grants) {
  const auto id = have_root() ? user : ::geteuid();
  return R"({"name": ")" + name + R"(", "uid": )" + std::to_string(id)
         + R"(, "grants": [)" + grants + "]}";
}

constexpr auto alpha_grants = R"(
  {"regions": "open*", "rights": ["read", "write", "create"]},
  {"regions": "grows", "rights": ["read", "write"]},
  {"regions": "glance", "rights": ["read"]},
  {"regions": "ours", "rights": ["read"]})";

constexpr auto alpha_regions = R"(
  {"name": "open", "bytes": "1MiB", "variables_max": 256,
   "durability": "disk", "variables":
    [{"name": "v", "kind": "bytes", "capacity": "1KiB"},
     {"name": "n", "kind": "counter"},
     {"name": "large", "kind": "bytes", "capacity": "128KiB"}]},
  {"name": "grows", "bytes": "1MiB", "grow_to": "4MiB"},
  {"name": "glance", "bytes": "1MiB"},
  {"name": "secret", "bytes": "1MiB"},
  {"name": "ours", "bytes": "1MiB", "writers": "node"})";

std::string tenants() {
  auto alpha = principal("attacker", attacker_user, alpha_grants);
  if (have_root())
    alpha += ", " + principal("twin", node_user, alpha_grants);
  const std::string all
    = R"({"regions": "*", "rights": ["read", "write", "create", "admin"]})";
  const std::string vault = R"({"name": "vault", "bytes": "1MiB", "variables":
    [{"name": "beat", "type": "u64"}]})";
  const auto tenant = [](const std::string& name, const std::string& principals,
                         const std::string& regions) {
    return R"({"name": ")" + name + R"(", "quota": {"sessions": 4096},
              "principals": [)"
           + principals + R"(], "regions": [)" + regions + "]}";
  };
  return "[" + tenant("alpha", alpha, alpha_regions) + ", "
         + tenant("beta",
                  have_root() ? principal("bystander", bystander_user, all)
                              : std::string{},
                  vault)
         + ", " + tenant("canary", principal("canary", ::geteuid(), all), vault)
         + "]";
}

std::string read_file(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void raise_to(std::atomic<std::int64_t>& most, clock_type::duration time) {
  const auto now
    = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  if (now > most.load())
    most.store(now);
}

shm::result<client::connection> connect(const std::string& socket) {
  client::connect_options options;
  options.socket = socket;
  options.tenant = "canary";
  options.client = "canary";
  return client::connection::connect(options);
}

/// What a sanitizer is told to read lies in the folder of the sources, which
/// the node's user may not be able to enter: it reads a copy.
void copy_suppressions(const char* variable, const std::string& folder) {
  const char* set = std::getenv(variable);
  const std::string options = set != nullptr ? set : "";
  const std::string key = "suppressions=";
  const auto at = options.find(key);
  if (at == std::string::npos)
    return;
  const auto from = at + key.size();
  const auto until = std::min(options.find(':', from), options.size());
  const auto copy = folder + "/" + variable;
  std::filesystem::copy_file(options.substr(from, until - from), copy);
  ::chmod(copy.c_str(), 0644);
  ::setenv(variable,
           (options.substr(0, from) + copy + options.substr(until)).c_str(), 1);
}

} // namespace

bool have_root() noexcept {
  return ::geteuid() == 0;
}

void become(uid_t user) noexcept {
  if (!have_root())
    return;
  if (::setgroups(0, nullptr) != 0 || ::setresgid(user, user, user) != 0
      || ::setresuid(user, user, user) != 0)
    ::_exit(97);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL); // forgotten with the user
  ::prctl(PR_SET_DUMPABLE, 1);        // so is this; /proc/self needs it
}

void skip_aloud(const char* what) {
  WARN("SKIPPED, needs root for a second user: " << what);
}

stage::stage(const stage_options& options) {
  if (have_root()) {
    // The node's user may not be able to enter the folder of the build.
    programs_.emplace();
    const char* folder = std::getenv("HOLDFAST_BIN_DIR");
    const auto to = programs_->path() + "/holdfast-node";
    std::filesystem::copy_file(
      std::string{folder != nullptr ? folder : "."} + "/holdfast-node", to);
    ::chmod(to.c_str(), 0755);
  }
  // Written as the user who knows whether there are others.
  const auto text = node_text(tenants(), options.more);
  host_.emplace([&] { host(text, options.descriptors_max); });
  const auto up = [this] { return report_->node != 0 || report_->failed; };
  if (!eventually(up, 30s) || report_->failed)
    throw std::runtime_error{"the node does not come up: "
                             + std::string{report_->directory.data()}};
}

stage::~stage() {
  report_->end = true;
  host_->wait();
}

void stage::host(const std::string& text, std::uint64_t descriptors_max) {
  if (programs_) {
    ::setenv("HOLDFAST_BIN_DIR", programs_->path().c_str(), 1);
    for (const auto* each : {"UBSAN_OPTIONS", "LSAN_OPTIONS"})
      copy_suppressions(each, programs_->path());
  }
  become(node_user);
  if (descriptors_max != 0) {
    const rlimit most{descriptors_max, descriptors_max};
    ::setrlimit(RLIMIT_NOFILE, &most);
  }
  try {
    const real_node node{text};
    node.directory().copy(report_->directory.data(),
                          report_->directory.size() - 1);
    report_->node = node.pid();
    while (!report_->end)
      std::this_thread::sleep_for(5ms);
  } catch (const std::exception& failure) {
    std::string{failure.what()}.copy(report_->directory.data(),
                                     report_->directory.size() - 1);
    report_->failed = true;
  }
}

std::string stage::socket() const {
  return std::string{report_->directory.data()} + "/run/attach.sock";
}

std::string stage::log() const {
  return read_file(std::string{report_->directory.data()} + "/node.log");
}

pid_t stage::node_pid() const noexcept {
  return report_->node;
}

bool stage::node_alive() const {
  const auto status
    = read_file("/proc/" + std::to_string(node_pid()) + "/status");
  return status.find("State:") != std::string::npos
         && status.find("State:\tZ") == std::string::npos;
}

node_usage stage::usage() const {
  const auto folder = "/proc/" + std::to_string(node_pid());
  node_usage now;
  const auto status = read_file(folder + "/status");
  if (const auto at = status.find("VmRSS:"); at != std::string::npos)
    now.rss_kib = std::atoll(status.c_str() + at + 6);
  std::error_code hidden;
  std::filesystem::directory_iterator all{folder + "/fd", hidden};
  if (!hidden)
    now.descriptors = std::distance(begin(all), end(all));
  const auto stat = read_file(folder + "/stat");
  // Behind the name: state, then utime and stime as the 12th and 13th.
  std::istringstream in{
    stat.substr(std::min(stat.size(), stat.rfind(')') + 1))};
  std::string word;
  for (int i = 0; i < 11; ++i)
    in >> word;
  double user = 0;
  double system = 0;
  in >> user >> system;
  now.cpu_seconds
    = (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return now;
}

int stage::attack(uid_t user, const std::function<int()>& body) const {
  child attacker{[user, &body] {
    become(user);
    ::_exit(body());
  }};
  return attacker.wait();
}

canary::canary(const stage& at) : stage_{at} {
  const auto socket = at.socket();
  singer_.emplace([this, socket] { sing(socket, *song_); });
  const auto begun = [this] { return song_->beats > 0 && song_->attached > 0; };
  if (!eventually(begun))
    FAIL("the canary does not begin to sing: " << at.log());
}

void canary::sing(const std::string& socket, song& heard) {
  const auto node = connect(socket);
  if (!node)
    ::_exit(1);
  const auto vault = node.assume_value().attach("vault", shm::access::write);
  const auto beat = vault.assume_value().find<std::uint64_t>("beat");
  const auto& cell = beat.assume_value();
  auto next_attach = clock_type::now();
  for (std::uint64_t number = 1;; ++number) {
    const auto began = clock_type::now();
    const auto stored = cell.store(number);
    const auto read = cell.read();
    raise_to(heard.longest_beat, clock_type::now() - began);
    const bool right = stored && read && read.assume_value().value == number
                       && read.assume_value().freshness_at().kind
                            == shm::freshness_kind::fresh;
    heard.wrong += !right;
    ++heard.beats;
    if (began >= next_attach) {
      const auto again = connect(socket);
      const bool in = again
                      && again.assume_value()
                           .attach("vault", shm::access::read)
                           .has_value();
      raise_to(heard.longest_attach, clock_type::now() - began);
      heard.attached += in;
      if (!in && heard.turned_away++ == 0)
        (again ? std::string{"no region"} : again.assume_error().message())
          .copy(heard.why.data(), heard.why.size() - 1);
      next_attach = clock_type::now() + 20ms;
    }
    std::this_thread::sleep_for(1ms);
  }
}

void canary::expect_values_unharmed() {
  const auto before = song_->beats.load();
  const auto goes_on = [&] { return song_->beats > before; };
  INFO(stage_.log());
  CHECK(eventually(goes_on, 2s));
  CHECK(song_->wrong == 0);
  CHECK(song_->longest_beat < 1'000'000);
}

void canary::expect_unharmed(std::chrono::milliseconds longest) {
  const auto before = song_->attached.load();
  const auto comes_in = [&] { return song_->attached > before; };
  CHECK(eventually(comes_in, 2s));
  INFO("first turned away because: " << song_->why.data());
  CHECK(song_->turned_away == 0);
  CHECK(song_->longest_attach < longest.count() * 1000);
  expect_values_unharmed();
  std::printf("  canary: longest store and read %.3f ms, longest attach "
              "%.3f ms\n",
              static_cast<double>(song_->longest_beat) / 1e3,
              static_cast<double>(song_->longest_attach) / 1e3);
}

void toll::expect_bounded(const char* attack) const {
  const auto descriptors_back = [this] {
    // The canary's new connection may be open just now.
    return stage_.usage().descriptors <= before_.descriptors + 6;
  };
  const bool back = eventually(descriptors_back, 5s);
  const auto calm = stage_.usage();
  std::this_thread::sleep_for(1s);
  const auto after = stage_.usage();
  const auto busy = after.cpu_seconds - calm.cpu_seconds;
  std::printf("%s: node's memory %+.1f MiB, descriptors %+lld, busy %.0f %% "
              "in the second after\n",
              attack,
              static_cast<double>(after.rss_kib - before_.rss_kib) / 1024,
              static_cast<long long>(after.descriptors - before_.descriptors),
              100 * busy);
  INFO(attack);
  CHECK(stage_.node_alive());
  CHECK(back);
  CHECK(after.rss_kib - before_.rss_kib < rss_growth_max);
  CHECK(busy < 0.5);
}

} // namespace holdfast::test
