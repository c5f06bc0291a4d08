#include "apps/holdfast-torture/checker/words.hpp"

#include <array>
#include <cstdio>

namespace holdfast::torture {

namespace {

template <std::size_t Count>
std::string_view pick(const std::array<std::string_view, Count>& words,
                      std::uint8_t index) noexcept {
  return index < Count ? words[index] : "?";
}

std::string number(std::uint64_t of) {
  return std::to_string(of);
}

std::string who(const record& of) {
  std::string text = "client ";
  text += number(of.client);
  text += " on node ";
  text += number(of.node);
  return text;
}

std::string what_it_did(const record& of) {
  std::string text{of.durable() ? "durable " : ""};
  text += word_for(of.kind);
  if (of.kind == record_kind::store)
    text += " of " + text_of_value(of.value);
  if (of.variable != every_variable)
    text += (of.kind == record_kind::store ? " in variable " : " of variable ")
            + number(of.variable);
  return text;
}

std::string stamp_of(const record& of) {
  std::string text = "epoch ";
  text += number(of.epoch);
  if (!of.in_one_epoch())
    text += " (before it " + number(of.epoch_before) + ")";
  if (of.version != 0)
    text += ", version " + number(of.version);
  return text;
}

std::string result_of(const record& of) {
  if (of.state != state_ended)
    return "never ended";
  std::string text{word_for(of.outcome)};
  if (of.saw_value())
    text += " " + text_of_value(of.value);
  text += ", " + stamp_of(of);
  if (of.told_committed())
    text += ", told committed";
  if (of.is_read() && of.freshness == record_freshness::stale)
    text += ", told stale";
  if (of.is_read() && of.freshness == record_freshness::orphaned)
    text += ", told orphaned";
  if (of.under_lease())
    text += ", at the home under its lease";
  return text;
}

std::string text_of_fault(const record& of) {
  const auto kind = static_cast<fault_kind>(of.value);
  std::string text{word_for(kind)};
  if (kind == fault_kind::client_kill)
    text += ": " + number(of.version);
  text += kind == fault_kind::cluster_kill ? ", also of node " : " of node ";
  text += number(of.node);
  if ((of.flags & flag_at_home) != 0)
    text += ", the home of epoch " + number(of.epoch);
  return text;
}

} // namespace

std::string_view word_for(record_kind kind) noexcept {
  constexpr std::array<std::string_view, kinds_max + 1> words{
    "nothing",    "attach", "store", "flush",  "read",       "confirmed read",
    "final read", "fault",  "reset", "forget", "memory lost"};
  return pick(words, static_cast<std::uint8_t>(kind));
}

std::string_view word_for(record_outcome outcome) noexcept {
  constexpr std::array<std::string_view, outcomes_max + 1> words{
    "open",    "ok",       "no_value", "fenced",
    "unknown", "rejected", "failed",   "garbled"};
  return pick(words, static_cast<std::uint8_t>(outcome));
}

std::string_view word_for(fault_kind kind) noexcept {
  constexpr std::array<std::string_view, faults_max + 1> words{
    "nothing", "kill",    "pause",       "partition", "deaf",        "mute",
    "drain",   "restart", "client kill", "disk full", "cluster kill"};
  return pick(words, static_cast<std::uint8_t>(kind));
}

std::string text_of_value(std::uint64_t value) {
  std::string text = number(client_of(value));
  text += ":";
  text += number(counter_of(value));
  return text;
}

std::string text_of_time(std::int64_t time_ns, std::int64_t origin_ns) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f s",
                static_cast<double>(time_ns - origin_ns) * 1e-9);
  return text;
}

std::string text_of(const record& what, std::int64_t origin_ns) {
  std::string text = text_of_time(what.begin_ns, origin_ns);
  if (what.state == state_ended)
    text += " to " + text_of_time(what.end_ns, origin_ns);
  text += ": ";
  if (what.kind == record_kind::fault)
    return text + text_of_fault(what);
  if (what.kind == record_kind::memory_lost)
    return text + "no node had the region in its memory, after epoch "
           + number(what.epoch);
  text += who(what);
  text += ", ";
  text += what_it_did(what);
  text += ": ";
  text += result_of(what);
  return text;
}

} // namespace holdfast::torture
