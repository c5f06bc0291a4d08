// A simulated client: what it asks next, and what must be there of all that it
// was told to be done.
//
// Its regions are its own, and it asks one thing at a time: so it knows what
// they are like.
#pragma once

#include "actors/rules/catalog/tables.hpp"
#include "tests/simulation/chance.hpp"

#include <map>

namespace holdfast::simulation {

class asker {
public:
  explicit asker(std::size_t number) : number_{number} {
    // nop
  }

  /// Of regions and their variables.
  catalog::command next(chance& by) const;

  /// The answer came.
  void learns(const catalog::command& asked, const catalog::outcome& how);

  /// What it was told and the tables do not say; empty: nothing.
  std::string misses(const catalog::contents& tables) const;

private:
  using names = std::map<std::string, catalog::variable>;

  std::size_t number_;
  std::map<catalog::region_name, names> regions_;
};

} // namespace holdfast::simulation
