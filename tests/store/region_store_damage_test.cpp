// What happens to a region's files: whatever byte it is, it is found out.
#include "tests/store/region_on_disk.hpp"

using namespace holdfast;
using namespace holdfast::test;

namespace {

/// Files of a region with 60 values; the last commits are in the log.
struct written_region : region_on_disk {
  std::map<std::string, std::vector<std::uint8_t>> whole;
  loaded_region expected;
  std::size_t found_out = 0;

  written_region() {
    {
      region_store store{chosen()};
      std::vector<kept_row> rows;
      for (variable_key key = 1; key <= 60; ++key)
        rows.push_back(row(key, {1, key}, std::string(200, 'a')));
      REQUIRE(store.commit(first(std::move(rows), 1)));
      for (std::uint64_t n = 2; n <= 9; ++n)
        REQUIRE(store.commit(batch({row(7, {1, 100 + n}, std::string(n, 'b')),
                                    row(9, {1, 100 + n}, std::string(n, 'c'))},
                                   n)));
    }
    for (const auto& each : files())
      whole[each] = test::read_file((path() / each).string());
    expected = loaded();
    REQUIRE(expected.values.size() == 60);
  }

  /// As the store makes it: for our eyes only.
  void write(const std::string& name,
             const std::vector<std::uint8_t>& content) const {
    using std::filesystem::perms;
    test::write_file(file(name), content);
    std::filesystem::permissions(file(name),
                                 perms::owner_read | perms::owner_write);
  }

  /// With this one changed.
  void check_beside(const std::string& name,
                    const std::vector<std::uint8_t>& changed) {
    for (const auto& each : files())
      std::filesystem::remove(path() / each);
    for (const auto& [other, content] : whole)
      write(other, content);
    write(name, changed);

    const auto found = loaded();

    INFO(found.detail);
    if (found.code == errc::ok) {
      CHECK(found.values == expected.values);
      CHECK(found.held == expected.held);
      return;
    }
    ++found_out;
    CHECK(found.code == errc::corrupt);
    CHECK(found.detail.find("it is now") != std::string::npos);
    CHECK(loaded().code == errc::no_value); // it is out of the way
  }
};

} // namespace

TEST_CASE_METHOD(written_region,
                 "a changed file is shown as it was written, or moved aside",
                 "[store][region_store][damage]") {
  for (const auto& [name, content] : whole)
    for (std::size_t at = 0; at < content.size(); at += 977) {
      INFO(name << " at " << at);
      auto changed = content;
      changed[at] ^= 0x41;
      check_beside(name, changed);
    }

  CHECK(found_out > 20);
}

TEST_CASE_METHOD(written_region, "a file that was cut off is found out",
                 "[store][region_store][damage]") {
  for (const auto& [name, content] : whole)
    for (std::size_t size = 0; size < content.size(); size += 3000) {
      INFO(name << " cut at " << size);
      auto changed = content;
      changed.resize(size);
      check_beside(name, changed);
    }

  CHECK(found_out > 10);
}
