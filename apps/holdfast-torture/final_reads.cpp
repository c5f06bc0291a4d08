#include "apps/holdfast-torture/final_reads.hpp"

#include "apps/holdfast-torture/names.hpp"
#include "apps/holdfast-torture/torture_client.hpp"
#include "apps/processes/interruption.hpp"

#include <optional>
#include <utility>

namespace holdfast::torture {

namespace {

using processes::eventually;

/// Of a node: the version of each variable; nothing: not all are committed, or
/// it does not answer. As many as fit an answer.
std::optional<std::map<std::string, std::uint64_t>>
versions_at(const nodes& at, std::uint32_t id) {
  const auto told
    = at.call(id, "variables", {{"region", std::string{region_name}}});
  if (!told)
    return std::nullopt;
  const auto* held = wire::find(told.assume_value(), "rows");
  const auto* rows = held != nullptr ? std::get_if<wire::rows>(held) : nullptr;
  if (rows == nullptr)
    return std::nullopt;
  std::map<std::string, std::uint64_t> made;
  for (const auto& row : *rows) {
    const auto* name = wire::find_text(row, "name");
    const auto version = wire::number_or(row, "version", 0);
    if (name == nullptr || wire::number_or(row, "committed", 0) < version)
      return std::nullopt;
    made[*name] = version;
  }
  return made;
}

node_ids holders_of(const nodes& at, bool on_all) {
  if (on_all)
    return at.all();
  for (const auto id : at.all())
    if (const auto told = at.region_at(id))
      return {told->home};
  return {};
}

bool agree(const nodes& at, const node_ids& holders) {
  std::optional<std::map<std::string, std::uint64_t>> first;
  for (const auto id : holders) {
    auto here = versions_at(at, id);
    if (!here || (first && *first != *here))
      return false;
    first = std::move(here);
  }
  return true;
}

} // namespace

void read_finally(const nodes& at, const std::string& histories,
                  std::uint32_t first_id, std::uint32_t variables,
                  bool on_all) {
  node_ids holders;
  eventually(
    [&] {
      holders = holders_of(at, on_all);
      return !holders.empty() && agree(at, holders);
    },
    defaults::whole_patience);
  for (const auto id : holders) {
    torture_client reader{at.socket(id), histories, first_id++, id, variables};
    eventually([&] { return reader.attach(shm::access::read); },
               defaults::service_patience);
    for (std::uint32_t i = 0; i < variables; ++i)
      reader.final_read(i);
  }
}

} // namespace holdfast::torture
