#include "apps/examples/program.hpp"

#include <signal.h>
#include <time.h>

#include <charconv>
#include <cstdio>

namespace holdfast::examples {

namespace {

volatile sig_atomic_t stop_told = 0;

void note_stop(int) {
  stop_told = 1;
}

} // namespace

void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(EXIT_FAILURE);
}

std::string argument(int count, char** arguments, int index,
                     std::string_view usage) {
  if (index >= count)
    give_up("usage: " + std::string{usage});
  return arguments[index];
}

client::connection connect_to(const std::string& socket,
                              const std::string& tenant,
                              const std::string& name) {
  client::connect_options options;
  options.socket = socket;
  options.tenant = tenant;
  options.client = name;
  return need(client::connection::connect(options));
}

std::string first_variable(const shm::region_view& region,
                           std::string_view prefix) {
  for (const auto& listed : need(region.list()))
    if (listed.name.starts_with(prefix))
      return listed.name;
  give_up("region " + region.name() + " has no variable " + std::string{prefix}
          + "…");
}

void stop_when_told() {
  struct sigaction action {};
  action.sa_handler = note_stop;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
}

bool stop_requested() noexcept {
  return stop_told != 0;
}

std::int64_t monotonic_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

void tell(std::string_view name, std::string_view value) {
  std::printf("%.*s %.*s\n", static_cast<int>(name.size()), name.data(),
              static_cast<int>(value.size()), value.data());
  std::fflush(stdout);
}

void tell(std::string_view name, std::uint64_t value) {
  tell(name, std::to_string(value));
}

void tell(std::string_view name, double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  tell(name, std::string_view{text, static_cast<std::size_t>(end - text)});
}

} // namespace holdfast::examples
