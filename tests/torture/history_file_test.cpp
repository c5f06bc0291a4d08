// What was recorded stays, whoever is killed; what nobody wrote is refused.
#include "apps/holdfast-torture/checker/history_file.hpp"

#include "tests/process/child.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/real_node.hpp"

#include <filesystem>
#include <fstream>

using namespace holdfast;
using namespace holdfast::test;
using namespace holdfast::torture;

namespace {

record store_of(std::uint64_t counter) {
  record made;
  made.kind = record_kind::store;
  made.node = 1;
  made.variable = 3;
  made.value = value_of(7, counter);
  made.epoch_before = 2;
  made.begin_ns = static_cast<std::int64_t>(10 * counter);
  return made;
}

record ended(record what) {
  what.outcome = record_outcome::ok;
  what.version = counter_of(what.value);
  what.epoch = 2;
  what.end_ns = what.begin_ns + 5;
  return what;
}

history load(const temporary_directory& from) {
  auto loaded = load_histories(from.path());
  REQUIRE(loaded);
  return std::move(loaded).assume_value();
}

std::string only_file(const temporary_directory& in) {
  return std::filesystem::directory_iterator {
    in.path()
    } -> path();
}

void overwrite(const std::string& path, std::streamoff at,
               const std::string& bytes) {
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  file.seekp(at);
  file << bytes;
}

} // namespace

TEST_CASE("a history comes back as it was written, over several files",
          "[torture][file]") {
  const temporary_directory directory;
  {
    history_writer writer{directory.path(), 7, 4};
    for (std::uint64_t i = 1; i <= 10; ++i)
      writer.note(ended(store_of(i)));
  }

  const auto all = load(directory);

  REQUIRE(all.clients.size() == 1);
  REQUIRE(all.clients.front().size() == 10);
  for (std::uint64_t i = 1; i <= 10; ++i) {
    const auto& one = all.clients.front()[i - 1];
    CHECK(one.client == 7);
    CHECK(one.value == value_of(7, i));
    CHECK(one.stored());
    CHECK(one.version == i);
    CHECK(one.end_ns == one.begin_ns + 5);
  }
}

TEST_CASE("a writer that is killed leaves all that it ended, and what it began",
          "[torture][file]") {
  const temporary_directory directory;
  const shared<std::uint64_t> ready;
  child writer{[&] {
    history_writer into{directory.path(), 7, 64};
    for (std::uint64_t i = 1; i <= 100; ++i)
      into.note(ended(store_of(i)));
    into.begin(store_of(101));
    *reinterpret_cast<volatile std::uint64_t*>(&*ready) = 1;
    for (;;)
      ::pause();
  }};
  REQUIRE(eventually(
    [&] { return *reinterpret_cast<volatile std::uint64_t*>(&*ready) == 1; }));

  writer.kill();

  const auto all = load(directory);
  REQUIRE(all.clients.size() == 1);
  REQUIRE(all.clients.front().size() == 101);
  CHECK(all.clients.front()[99].stored());
  const auto& open = all.clients.front().back();
  CHECK(open.state == state_begun);
  CHECK(open.outcome == record_outcome::open);
  CHECK(open.value == value_of(7, 101));
}

TEST_CASE("a result that was half written is none", "[torture][file]") {
  const temporary_directory directory;
  {
    history_writer writer{directory.path(), 7, 4};
    writer.note(ended(store_of(1)));
  }
  // The state, which is written last, is still the first one.
  overwrite(only_file(directory), sizeof(record), std::string{"\1\0\0\0", 4});

  const auto all = load(directory);

  const auto& open = all.clients.front().front();
  CHECK(open.outcome == record_outcome::open);
  CHECK(open.version == 0);
  CHECK(open.value == value_of(7, 1));
}

TEST_CASE("a file whose writer died while it made it is empty",
          "[torture][file]") {
  const temporary_directory directory;
  std::ofstream{directory.path() + "/client-000001.00000.history"};
  std::ofstream{directory.path() + "/client-000002.00000.history"}
    << std::string(400, '\0');

  CHECK(load(directory).clients.size() <= 1);
}

TEST_CASE("a file that is no history is refused by name", "[torture][file]") {
  const temporary_directory directory;
  {
    history_writer writer{directory.path(), 7, 4};
    writer.note(ended(store_of(1)));
    writer.note(ended(store_of(2)));
  }
  const auto path = only_file(directory);
  struct {
    std::streamoff at;
    const char* what;
  } const wrong[]{
    {0, "not a history of this version"},               // magic
    {8, "not a history of this version"},               // bytes of a record
    {12, "a record is out of range"},                   // client of the file
    {sizeof(record) + 4, "a record is out of range"},   // kind
    {sizeof(record) + 5, "a record is out of range"},   // outcome
    {sizeof(record) + 16, "a record is out of range"},  // node
    {2 * sizeof(record), "a record is out of range"},   // state
    {sizeof(record) + 64, "a record is out of range"}}; // begin after the end
  for (const auto& each : wrong) {
    std::filesystem::copy_file(path, path + ".kept");
    overwrite(path, each.at, "\x77\x77\x77\x77\x77\x77\x77\x77");

    const auto loaded = load_histories(directory.path());

    INFO(each.at);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.assume_error().code == shm::errc::corrupt);
    CHECK(loaded.assume_error().detail == path + ": " + each.what);
    std::filesystem::rename(path + ".kept", path);
  }
  CHECK(load(directory).clients.front().size() == 2);
}

TEST_CASE("a file that ends early holds what is there", "[torture][file]") {
  const temporary_directory directory;
  {
    history_writer writer{directory.path(), 7, 4};
    writer.note(ended(store_of(1)));
    writer.note(ended(store_of(2)));
  }
  std::filesystem::resize_file(only_file(directory), 2 * sizeof(record) + 10);

  CHECK(load(directory).clients.front().size() == 1);
}
