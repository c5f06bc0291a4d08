#include "apps/holdfast-torture/checker/rules.hpp"
#include "apps/holdfast-torture/checker/words.hpp"

#include <algorithm>
#include <tuple>

namespace holdfast::torture {

namespace {

/// Somebody says that this version has this value.
struct claim {
  std::uint32_t variable;
  std::size_t era;
  std::uint64_t epoch; ///< 0: in every one, for the value is safe
  std::uint64_t version;
  std::uint64_t value;
  const record* by;

  auto place() const noexcept {
    return std::tie(variable, era, epoch, version);
  }
};

void check_origin(const evidence& from, const record& read, findings& into) {
  const auto* of = from.find(read.value);
  const auto text = about_variable(read) + "a client saw ";
  if (read.outcome == record_outcome::garbled)
    into.add(rule::nobody_wrote_it, text + "what no client ever writes",
             {&read});
  else if (!read.saw_value())
    return;
  else if (of == nullptr)
    into.add(rule::nobody_wrote_it,
             text + text_of_value(read.value) + ", which nobody wrote",
             {&read});
  else if (of->store->variable != read.variable)
    into.add(rule::nobody_wrote_it,
             text + text_of_value(read.value)
               + ", which was written to another variable",
             {of->store, &read});
  else if (read.end_ns < of->store->begin_ns)
    into.add(rule::nobody_wrote_it,
             text + text_of_value(read.value) + " before it was written",
             {&read, of->store});
  else if (of->store->outcome == record_outcome::rejected)
    into.add(rule::nobody_wrote_it,
             text + text_of_value(read.value) + ", whose store was rejected",
             {of->store, &read});
}

/// At the home of an epoch each version has one value; one that anybody was
/// told to be safe is the only one in all epochs.
std::vector<claim> claims_of(const evidence& from) {
  std::vector<claim> made;
  const auto add = [&](const record& of, bool safe) {
    made.push_back({of.variable, from.era_of(of.epoch), safe ? 0 : of.epoch,
                    of.version, of.value, &of});
  };
  for (const auto& client : from.all().clients)
    for (const auto& each : client) {
      if (each.in_one_epoch()
          && (each.stored() || (each.saw_value() && each.under_lease())))
        add(each, false);
      if (each.told_committed()
          || (each.saw_value() && each.kind != record_kind::read))
        add(each, true);
    }
  for (const auto& each : from.acknowledged())
    add(*each.store, true);
  return made;
}

void compare(const claim& one, const claim& other, findings& into) {
  std::string text = about_variable(*one.by) + "version ";
  text += std::to_string(one.version);
  if (one.epoch != 0)
    text += " of epoch " + std::to_string(one.epoch);
  text += " is " + text_of_value(one.value) + " for one and ";
  text += text_of_value(other.value) + " for another";
  into.add(rule::two_values, std::move(text), {one.by, other.by});
}

} // namespace

void check_values(const evidence& from, findings& into) {
  for (const auto& client : from.all().clients)
    for (const auto& each : client)
      if (each.is_read())
        check_origin(from, each, into);
  auto claims = claims_of(from);
  std::sort(claims.begin(), claims.end(),
            [](const claim& one, const claim& other) {
              return one.place() < other.place();
            });
  for (std::size_t i = 1; i < claims.size(); ++i)
    if (claims[i - 1].place() == claims[i].place()
        && claims[i - 1].value != claims[i].value)
      compare(claims[i - 1], claims[i], into);
}

} // namespace holdfast::torture
