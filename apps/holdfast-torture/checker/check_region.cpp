#include "apps/holdfast-torture/checker/rules.hpp"

namespace holdfast::torture {

void check_region(const evidence& from, bool may_begin_empty, findings& into) {
  const auto& resets = from.resets();
  for (std::size_t i = 1; i < resets.size() && !may_begin_empty; ++i)
    into.add(rule::began_empty,
             "the region began empty in epoch "
               + std::to_string(resets[i]->epoch),
             {resets[i]});
  for (const auto& client : from.all().clients)
    for (const auto& each : client)
      if (each.kind == record_kind::final_read
          && each.outcome == record_outcome::failed)
        into.add(rule::not_readable,
                 about_variable(each) + "nobody can read it on node "
                   + std::to_string(each.node) + " after all was healed",
                 {&each});
}

} // namespace holdfast::torture
