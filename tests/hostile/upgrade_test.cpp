// Who can do what to the memory of a region, cell by cell. What no kernel can
// forbid is expected to be possible, so that the docs stay honest.
#include "tests/hostile/memory_attacks.hpp"
#include "tests/hostile/raw_client.hpp"
#include "tests/hostile/stage.hpp"
#include "tests/support/catch.hpp"

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

using namespace holdfast;
using namespace holdfast::test;

namespace {

struct object {
  std::string_view name;
  std::string region;
  std::string access;
  std::size_t descriptor; // 0: control, 1: data
};

const std::vector<object> objects{
  {"control", "open", "read", 0},
  {"data, read", "open", "read", 1},
  {"data, write", "open", "write", 1},
  {"data that may grow, write", "grows", "write", 1},
  {"data of a node-written region", "ours", "read", 1},
};

constexpr int possible = 1;
constexpr int impossible = 0;
constexpr int not_tried = 2;

// One cell, in a process and a session of its own.
int cell(const stage& at, uid_t user, const object& of,
         const memory_attack& attack) {
  return at.attack(user, [&] {
    raw_client client{at.socket()};
    if (!client.hello("alpha"))
      return not_tried;
    const auto got = client.attach(of.region, of.access);
    if (got.size() != 2)
      return not_tried;
    return attack.run(got[of.descriptor].get()) ? possible : impossible;
  });
}

// A row per attack, a column per object: Y where it gets through.
using table = std::vector<std::string>;

const table another_user{
  // CRWGN
  "--YY-", // map writable
  "--YY-", // mprotect up
  "-----", // reopen, map
  "-----", // fchmod
  "-----", // shrink
  "---Y-", // grow
  "--YY-", // punch hole
  "--YY-", // pwrite
  "-----", // add seals
  "-----", // /proc/self/mem: shared pages are refused
};

const table same_user{
  // CRWGN
  "--YY-", // map writable
  "--YY-", // mprotect up
  "-YYY-", // reopen, map
  "YYYYY", // fchmod: of no use where the seals hold
  "-----", // shrink
  "---Y-", // grow
  "-YYY-", // punch hole
  "-YYY-", // pwrite
  "-----", // add seals
  "-----", // /proc/self/mem: shared pages are refused
};

void expect(const stage& at, const char* who, uid_t user,
            const table& expected) {
  std::printf("%s:\n", who);
  for (std::size_t i = 0; i < objects.size(); ++i)
    std::printf("  %c  %s\n", "CRWGN"[i], objects[i].name.data());
  std::printf("  %-16s C R W G N\n", "");
  for (std::size_t row = 0; row < memory_attacks.size(); ++row) {
    const auto& attack = memory_attacks[row];
    std::printf("  %-16s", attack.name.data());
    for (std::size_t i = 0; i < objects.size(); ++i) {
      const auto got = cell(at, user, objects[i], attack);
      std::printf(" %c", "-Y?"[std::min(got, 2)]);
      INFO(who << ": " << attack.name << " on " << objects[i].name);
      CHECK(got == (expected[row][i] == 'Y' ? possible : impossible));
    }
    std::printf("\n");
  }
}

} // namespace

TEST_CASE("another user gets at no byte beyond its grant",
          "[hostile][memory]") {
  if (!have_root())
    return skip_aloud("attacks on memory by another user");
  const stage at;
  canary canary{at};
  expect(at, "another user", attacker_user, another_user);
  canary.expect_unharmed();
}

TEST_CASE("the node's own user gets at client-written data, and at nothing "
          "that is sealed",
          "[hostile][memory]") {
  const stage at;
  canary canary{at};
  expect(at, "the node's user", node_user, same_user);
  canary.expect_unharmed();
}

TEST_CASE("nobody but root looks into the node", "[hostile][memory]") {
  const stage at;
  // The same attacks on a process that does nothing against them: they work,
  // or the rows below would say nothing.
  const child unguarded{[] {
    become(node_user);
    for (;;)
      ::pause();
  }};
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  for (const auto& attack : process_attacks)
    if (at.attack(
          node_user,
          [&] { return attack.run(unguarded.pid()) ? possible : impossible; })
        != possible)
      WARN(attack.name << " is forbidden on this host for any process");

  std::vector<uid_t> users{node_user};
  if (have_root())
    users.push_back(attacker_user);
  else
    skip_aloud("looking into the node as another user");

  for (const auto user : users)
    for (const auto& attack : process_attacks) {
      const auto got = at.attack(user, [&] {
        return attack.run(at.node_pid()) ? possible : impossible;
      });
      std::printf("%-20s as %-15s %c\n", attack.name.data(),
                  user == node_user ? "the node's user" : "another user",
                  "-Y?"[std::min(got, 2)]);
      INFO(attack.name << " as " << user);
      CHECK(got == impossible);
    }
  CHECK(at.node_alive());
}
