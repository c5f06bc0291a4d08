#include "tests/store/store_history.hpp"

#include "tests/support/catch.hpp"

#include <stdlib.h>

#include <fstream>
#include <iterator>

namespace holdfast::test {

scratch_directory::scratch_directory() {
  std::string pattern
    = (std::filesystem::temp_directory_path() / "holdfast-store-XXXXXX")
        .string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

scratch_directory::~scratch_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

runtime::consensus_store_options
scratch_directory::options(std::string vfs) const {
  return {(path_ / "store").string(), "test", 1, std::move(vfs)};
}

std::string scratch_directory::file(const std::string& name) const {
  return (path_ / "store" / name).string();
}

store_history::store_history(std::uint64_t seed) : state_{seed * 2 + 1} {
  // nop
}

// xorshift64*: the same numbers on every machine.
std::uint64_t store_history::random(std::uint64_t below) {
  state_ ^= state_ >> 12U;
  state_ ^= state_ << 25U;
  state_ ^= state_ >> 27U;
  return (state_ * 2685821657736338717ULL >> 33U) % below;
}

consensus::entry store_history::some_entry() {
  consensus::entry made;
  made.term = log_.vote.term;
  made.kind = static_cast<consensus::entry_kind>(1 + random(3));
  // Now and then one that does not fit a page.
  made.data.resize(random(20) == 0 ? random(9000) : random(100));
  for (auto& octet : made.data)
    octet = static_cast<std::uint8_t>(random(256));
  return made;
}

consensus::snapshot store_history::snapshot_at(consensus::log_index index) {
  consensus::snapshot made;
  made.index = index;
  made.term = log_.vote.term;
  made.membership_index = 1;
  made.members.members = {{1, "one:4100", consensus::member_role::voter},
                          {2, "two:4100", consensus::member_role::learner}};
  made.state.resize(random(5000));
  for (auto& octet : made.state)
    octet = static_cast<std::uint8_t>(random(256));
  return made;
}

consensus::write store_history::next_write() {
  consensus::write made;
  auto next = log_.first + log_.entries.size();
  const auto covered = log_.base ? log_.base->index : 0;
  if (random(8) == 0)
    made.vote = consensus::ballot{log_.vote.term + 1, random(4)};
  if (random(25) == 0) {
    made.base = consensus::install{snapshot_at(next + random(10)), 0, true};
    next = made.base->base.index + 1;
  } else if (random(12) == 0 && next - covered > 8) {
    const auto index = covered + 1 + random(next - covered - 1);
    made.base = consensus::install{snapshot_at(index),
                                   index > 5 ? index - random(5) : 1, false};
  }
  if (!made.base && random(10) == 0 && next - covered > 4)
    next -= 1 + random(3);
  made.tail = consensus::append{next, {}};
  for (auto left = random(4); left > 0; --left)
    made.tail->entries.push_back(some_entry());
  return made;
}

std::vector<consensus::write> store_history::next() {
  ++commits_;
  std::vector<consensus::write> made;
  for (auto left = 1 + random(3); left > 0; --left) {
    made.push_back(next_write());
    tests::carry_out(log_, made.back());
  }
  return made;
}

std::vector<std::uint8_t> read_file(const std::string& path) {
  std::ifstream from{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{from}, {}};
}

void write_file(const std::string& path,
                const std::vector<std::uint8_t>& content) {
  std::ofstream to{path, std::ios::binary | std::ios::trunc};
  to.write(reinterpret_cast<const char*>(content.data()),
           static_cast<std::streamsize>(content.size()));
}

} // namespace holdfast::test
