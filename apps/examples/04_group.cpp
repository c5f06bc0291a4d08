// Several variables stored together are read together: no snapshot shows one
// without the other, although reader and writer never wait for each other.
//
//   04_group [socket]
#include "shm/client/connection.hpp"
#include "shm/group.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

using namespace holdfast;

// A type of our own, with a tag that is checked when a variable is found.
struct account {
  double balance;
  char owner[24];
};

template <>
struct holdfast::shm::type_tag<account> {
  static constexpr std::string_view value = "tutorial::account/1";
};

namespace {

constexpr double all_money = 100;

// Moves money back and forth; there is never more or less of it.
int move_money(const shm::variable<account>& a,
               const shm::variable<account>& b) {
  for (int i = 0; i <= 10'000; ++i) {
    const double with_ann = i % 101;
    shm::group_store both;
    both.put(a, account{with_ann, "Ann"});
    both.put(b, account{all_money - with_ann, "Ben"});
    if (!both.commit())
      return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

} // namespace

int main(int count, char** arguments) {
  client::connect_options options{.tenant = "tutorial", .client = "group"};
  if (count > 1)
    options.socket = arguments[1];
  const auto node = client::connection::connect(options);
  if (!node) {
    std::fprintf(stderr, "%s\n", node.assume_error().message().c_str());
    return EXIT_FAILURE;
  }
  const auto region = node.assume_value().attach("first", shm::access::write);
  if (!region)
    return EXIT_FAILURE;
  const auto a = region.assume_value().find<account>("accounts/ann");
  const auto b = region.assume_value().find<account>("accounts/ben");
  if (!a || !b || move_money(a.assume_value(), b.assume_value()) != 0)
    return EXIT_FAILURE;

  if (::fork() == 0) { // a reader, beside the writer that follows
    for (int i = 0; i <= 10'000; ++i) {
      const auto both = shm::snapshot(a.assume_value(), b.assume_value());
      if (!both)
        ::_exit(EXIT_FAILURE);
      const auto& [x, y] = both.assume_value();
      if (x.value.balance + y.value.balance != all_money)
        ::_exit(EXIT_FAILURE);
    }
    ::_exit(EXIT_SUCCESS);
  }
  int status = move_money(a.assume_value(), b.assume_value());
  bool good = status == 0;
  good = ::wait(&status) > 0 && status == 0 && good;
  std::printf("10001 snapshots, %s\n", good ? "each whole" : "NOT all whole");
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
