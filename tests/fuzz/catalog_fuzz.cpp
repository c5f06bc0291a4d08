// Any bytes are an entry, an outcome, a snapshot or an error; what is read is
// written back to the same bytes, and tables that were taken over can go on.
#include "actors/rules/catalog/format.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

using namespace holdfast;

namespace {

void must(bool holds) {
  if (!holds)
    std::abort();
}

bool same(std::span<const std::uint8_t> a, const catalog::octets& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

void try_entry(std::span<const std::uint8_t> input) {
  const auto read = catalog::decode_entry(input);
  if (!read)
    return;
  const auto& what = read.assume_value();
  const auto written = catalog::encode(what);
  must(written && same(input, written.assume_value()));
  // Decided twice, it has one outcome and makes snapshots that are accepted.
  catalog::tables tables;
  const auto first = tables.apply(1, what);
  const auto again = tables.apply(2, what);
  must(first.ok() == again.ok());
  must(bool{catalog::decode_snapshot(catalog::encode_snapshot(tables))});
}

void try_outcome(std::span<const std::uint8_t> input) {
  if (const auto read = catalog::decode_outcome(input))
    must(same(input, catalog::encode(read.assume_value())));
}

void try_snapshot(std::span<const std::uint8_t> input) {
  auto read = catalog::decode_snapshot(input);
  if (!read)
    return;
  auto tables = std::move(read).assume_value();
  must(same(input, catalog::encode_snapshot(tables)));
  if (tables.applied() > ~std::uint64_t{0} - 1000)
    return;
  // Everything that is there is removed again.
  const auto all = tables.all();
  const auto tell = [&](catalog::command what) {
    for (const auto& [id, member] : all.members) {
      catalog::entry entry;
      entry.origin = {catalog::origin_kind::node, id, member.incarnation};
      entry.request_id = ~std::uint64_t{0} - tables.applied();
      entry.command = std::move(what);
      tables.apply(tables.applied() + 1, entry);
      return;
    }
  };
  for (const auto& [id, session] : all.sessions)
    tell(catalog::close_session{id});
  for (const auto& [name, region] : all.regions)
    tell(catalog::remove_region{name});
  for (const auto& [id, retired] : all.retired)
    for (const auto node : retired.holders)
      tell(catalog::release_region{id, node});
  for (const auto& [name, tenant] : all.tenants)
    tell(catalog::remove_tenant{name});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input,
                                      std::size_t size) {
  try_entry({input, size});
  try_outcome({input, size});
  try_snapshot({input, size});
  return 0;
}
