// For scale: the same 64 bytes from Redis over a private Unix socket, one
// request at a time.

#include "tests/bench/process.hpp"
#include "tests/bench/test_region.hpp"

#ifdef HOLDFAST_WITH_HIREDIS
#include <hiredis/hiredis.h>
#endif

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>

namespace holdfast::bench {

namespace {

#ifdef HOLDFAST_WITH_HIREDIS

using namespace std::chrono_literals;

// Where Debian and others install it; the search path is not asked, since
// figures should not depend on it.
const char* redis_program() {
  for (const char* path : {"/usr/bin/redis-server", "/usr/sbin/redis-server",
                           "/usr/local/bin/redis-server"})
    if (::access(path, X_OK) == 0)
      return path;
  return nullptr;
}

class scratch_directory {
public:
  scratch_directory()
    : path_{
      (std::filesystem::temp_directory_path() / "bench-XXXXXX").string()} {
    if (::mkdtemp(path_.data()) == nullptr)
      give_up("cannot make a directory for temporary files");
  }
  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;

  const std::string& path() const noexcept {
    return path_;
  }

private:
  std::string path_;
};

void become_redis(const char* program, const std::string& directory) {
  const auto socket = directory + "/redis.sock";
  const auto log = directory + "/redis.log";
  ::execl(program, program, "--port", "0", "--unixsocket", socket.c_str(),
          "--save", "", "--appendonly", "no", "--dir", directory.c_str(),
          "--logfile", log.c_str(), nullptr);
}

struct free_context {
  void operator()(redisContext* context) const noexcept {
    ::redisFree(context);
  }
};

using connection = std::unique_ptr<redisContext, free_context>;

connection connect(const std::string& socket) {
  for (int attempt = 0; attempt < 500; ++attempt) {
    connection made{::redisConnectUnix(socket.c_str())};
    if (made && made->err == 0)
      return made;
    std::this_thread::sleep_for(10ms);
  }
  return nullptr;
}

void ask(redisContext& to, const char* command, const block<64>* value) {
  auto* reply = static_cast<redisReply*>(
    value != nullptr
      ? ::redisCommand(&to, command, value->data(), sizeof *value)
      : ::redisCommand(&to, command));
  if (reply == nullptr || reply->type == REDIS_REPLY_ERROR
      || reply->type == REDIS_REPLY_NIL)
    give_up(std::string{"Redis refused "} + command);
  benchmark::DoNotOptimize(*reply->str);
  ::freeReplyObject(reply);
}

template <class Operation>
double time_one(Operation operation) {
  const auto start = nanoseconds_now();
  operation();
  return nanoseconds_now() - start;
}

// Ours takes less than reading the clock does: the mean of many counts as one
// sample.
template <class Operation>
double time_many(Operation operation) {
  return time_each(10'000, operation);
}

enum class request { get, set };

figures ask_redis(benchmark::State& state, request wanted, int cpu) {
  const auto* program = redis_program();
  if (program == nullptr) {
    state.SkipWithError("skipped: redis-server is not installed");
    return {};
  }
  const scratch_directory directory;
  const child server{cpu, [&] { become_redis(program, directory.path()); }};
  const auto redis = connect(directory.path() + "/redis.sock");
  if (!redis) {
    state.SkipWithError("skipped: redis-server does not answer");
    return {};
  }
  test_region region{1, 64};
  const auto writer
    = need(region.attach(shm::access::write).find<block<64>>("v0"));
  const auto reader
    = need(region.attach(shm::access::read).find<block<64>>("v0"));
  block<64> value{1};
  need(writer.store(value));
  ask(*redis, "SET v0 %b", &value);
  if (wanted == request::set)
    return compare_medians(
      state, 300, [&] { return time_many([&] { need(writer.store(value)); }); },
      [&] { return time_one([&] { ask(*redis, "SET v0 %b", &value); }); });
  const auto read = [&] {
    const auto got = reader.read();
    if (!got)
      give_up("a read failed");
    benchmark::DoNotOptimize(got.assume_value().value);
  };
  return compare_medians(
    state, 300, [&] { return time_many(read); },
    [&] { return time_one([&] { ask(*redis, "GET v0", nullptr); }); });
}

#else

enum class request { get, set };

figures ask_redis(benchmark::State& state, request, int) {
  state.SkipWithError("skipped: built without hiredis");
  return {};
}

#endif

} // namespace

void add_redis_rows() {
  const auto at_least = [](double bound) {
    return goal{direction::at_least, bound};
  };
  add_row(
    {"redis/get_64B", "ns", "Redis GET, one processor", at_least(500)},
    [](auto& state) { return ask_redis(state, request::get, first_cpu); });
  add_row(
    {"redis/get_64B_two_processors", "ns", "Redis GET, two processors",
     at_least(500)},
    [](auto& state) { return ask_redis(state, request::get, second_cpu); });
  add_row(
    {"redis/set_64B", "ns", "Redis SET, one processor", at_least(300)},
    [](auto& state) { return ask_redis(state, request::set, first_cpu); });
}

} // namespace holdfast::bench
