// What befell a region on this node, told to the log and the audit trail.
#include "actors/tenant_region_parts.hpp"
#include "config/region_bounds.hpp"

namespace holdfast::actors {

namespace {

using pointer = tenant_region_pointer;

/// "2.10".
std::string milliseconds_text(std::chrono::nanoseconds taken) {
  const auto hundredths = taken.count() / 10'000;
  auto fraction = std::to_string(hundredths % 100);
  fraction.insert(0, 2 - fraction.size(), '0');
  return std::to_string(hundredths / 100) + "." + fraction;
}

/// " by client 3": in its slot of the region's clients.
std::string writer_of(pointer self,
                      const region_replica::committed_version& what) {
  const auto& last = self->state.last_stored;
  const auto found = last.find(what.key);
  if (found == last.end() || found->second.version != what.version)
    return {};
  const auto writer = found->second.writer;
  return writer == shm::layout::lock_word::node_writer
           ? " by the node"
           : " by client " + std::to_string(writer);
}

/// "serves 2.10 ms after it heard of it: promised at 0.41, ...".
std::string story_of(const reign& of) {
  using region_replica::phase;
  const auto after = [&](phase which) {
    const auto found = of.began.find(which);
    return found == of.began.end()
             ? std::string{"-"}
             : milliseconds_text(found->second - of.heard);
  };
  std::string text = "serves ";
  text += after(phase::serving);
  text += " ms after it heard of it: promised at ";
  text += of.began.contains(phase::pulling) ? after(phase::pulling)
                                            : after(phase::writing_back);
  text += ", written back at ";
  text += after(phase::settling);
  return text;
}

} // namespace

std::string name_of(pointer self, region_replica::variable_key key) {
  for (const auto& [name, id] : self->state.options.variables)
    if (id == key)
      return name;
  return "#" + std::to_string(key);
}

void report(pointer self, catalog::region_event event, std::string text) {
  const auto& options = self->state.options;
  const auto& region = memory_of(self).options();
  auto fields = about(self);
  fields.emplace_back("what", text);
  options.log(event == catalog::region_event::took_over ? log_level::info
                                                        : log_level::warning,
              event == catalog::region_event::discarded
                ? "values that were stored here, and not committed, were "
                  "discarded"
              : event == catalog::region_event::lost
                ? "too few nodes kept a region"
                : "this node took over a region",
              fields);
  if (options.keeper)
    self->send(options.keeper, region_reported{{{region.tenant, region.name},
                                                options.node,
                                                region.epoch,
                                                event,
                                                std::move(text)}});
}

void note_phase(pointer self) {
  using region_replica::phase;
  auto& state = self->state;
  if (!state.begun)
    return;
  auto& reign = *state.begun;
  const auto now = state.rule->now();
  if (now < phase::collecting) {
    state.begun.reset(); // another one is home
    return;
  }
  reign.began.try_emplace(now, state.options.now());
  if (now != phase::serving)
    return;
  report(self, catalog::region_event::took_over, story_of(reign));
  state.begun.reset();
}

void report_discarded(pointer self) {
  const auto all = std::exchange(self->state.discarded, {});
  if (all.empty())
    return;
  auto text = std::to_string(all.size());
  text += all.size() == 1 ? " value:" : " values:";
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == config::discarded_named_max) {
      text += " and more";
      break;
    }
    text += i == 0 ? " " : ", ";
    text += name_of(self, all[i].key) + " version ";
    text += std::to_string(all[i].version);
    text += writer_of(self, all[i]);
  }
  report(self, catalog::region_event::discarded, std::move(text));
}

} // namespace holdfast::actors
