// Commands that make and show certificates: on this host's files, with no node.
#include "apps/caf-shell/commands.hpp"
#include "config/defaults.hpp"
#include "runtime/certificates.hpp"
#include "runtime/tls_files.hpp"
#include "runtime/whole_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <chrono>

namespace holdfast::shell {

namespace {

using nlohmann::ordered_json;
using runtime::wall_time;

wall_time now() {
  return std::chrono::floor<std::chrono::seconds>(
    std::chrono::system_clock::now());
}

shm::error needs(std::string_view option, std::string_view example) {
  return shm::failed(shm::errc::bad_argument,
                     "--" + std::string{option} + " is needed, such as --"
                       + std::string{option} + " " + std::string{example});
}

std::string option_or(const arguments& with, std::string_view option,
                      std::string otherwise) {
  const auto found = with.options.find(option);
  return found == with.options.end() ? std::move(otherwise) : found->second;
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin < list.size();) {
    const auto end = std::min(list.find(',', begin), list.size());
    out.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

/// Days after an option, as far as they can be counted at all.
shm::result<std::chrono::days> days_of(const arguments& with,
                                       std::chrono::days otherwise) {
  const auto given = with.number("days");
  if (!given)
    return given.assume_error();
  const auto most = config::certificate_validity_max.count() + 1;
  const auto days = given.assume_value().value_or(otherwise.count());
  return std::chrono::days{
    std::min<std::uint64_t>(days, static_cast<std::uint64_t>(most))};
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& each : words)
    out.append(out.empty() ? "" : ", ").append(each);
  return out;
}

std::string state_of(const runtime::certificate_facts& facts, wall_time at) {
  if (at < facts.not_before)
    return "not yet valid";
  if (at > facts.not_after)
    return "expired";
  return facts.not_after - at < config::tls_expiry_warning ? "expiring"
                                                           : "valid";
}

ordered_json section_of(const runtime::tls_paths& paths) {
  return {{"certificate", paths.certificate},
          {"key", paths.key},
          {"authority", paths.authority}};
}

/// The lines to copy into a node's file, with the outer braces left out.
std::string lines_of(const ordered_json& section) {
  auto text = section.dump(2);
  return text.substr(2, text.size() - 4);
}

command_result show_authority(const runtime::made_authority& made) {
  shown out;
  out.data = {{"cluster", made.facts.organization},
              {"authority", made.certificate},
              {"key", made.key},
              {"expires", runtime::text_of(made.facts.not_after)},
              {"fingerprint", made.facts.fingerprint}};
  out.remark = "Keep " + made.key
               + " off the nodes: who has it can let anybody into the "
                 "cluster.\nNext, for each node: caf-shell certs issue "
                 "--directory DIR --node ID --name HOST";
  return out;
}

command_result show_issued(const runtime::issued_certificate& made,
                           std::uint64_t node) {
  const runtime::tls_paths paths{made.certificate, made.key, made.authority};
  const ordered_json section{{"cluster", {{"tls", section_of(paths)}}}};
  shown out;
  out.data = {{"node", node},
              {"certificate", made.certificate},
              {"key", made.key},
              {"authority", made.authority},
              {"cluster", made.facts.organization},
              {"names", made.facts.names},
              {"expires", runtime::text_of(made.facts.not_after)},
              {"fingerprint", made.facts.fingerprint},
              {"configuration", section}};
  out.plain = "certificate  " + made.certificate + "\nkey          " + made.key
              + "\nauthority    " + made.authority + "\nnames        "
              + joined(made.facts.names) + "\nexpires      "
              + runtime::text_of(made.facts.not_after) + "\nfingerprint  "
              + made.facts.fingerprint + "\n\nFor the configuration of node "
              + std::to_string(node) + ":\n\n" + lines_of(section);
  return out;
}

} // namespace

command_result init_certificates(workplace&, const arguments& with) {
  if (!with.has("directory"))
    return needs("directory", "/etc/holdfast/authority");
  const auto days = days_of(with, config::authority_validity_default);
  if (!days)
    return days.assume_error();
  const auto made = runtime::make_authority(
    {option_or(with, "directory", {}),
     option_or(with, "cluster", std::string{config::cluster_name_default}),
     days.assume_value()},
    now());
  if (!made)
    return made.assume_error();
  return show_authority(made.assume_value());
}

command_result issue_certificate(workplace&, const arguments& with) {
  if (!with.has("directory"))
    return needs("directory", "/etc/holdfast/authority");
  const auto node = with.number("node");
  if (!node)
    return node.assume_error();
  if (!node.assume_value())
    return needs("node", "1");
  const auto days = days_of(with, config::certificate_validity_default);
  if (!days)
    return days.assume_error();
  const auto directory = option_or(with, "directory", {});
  const auto made = runtime::issue_node_certificate(
    {directory, option_or(with, "out", directory), *node.assume_value(),
     split(option_or(with, "name", {})), days.assume_value()},
    now());
  if (!made)
    return made.assume_error();
  return show_issued(made.assume_value(), *node.assume_value());
}

command_result show_certificate(workplace&, const arguments& with) {
  const auto& path = with.values.front();
  const auto file
    = runtime::read_whole(AT_FDCWD, path, config::tls_file_bytes_max,
                          runtime::symbolic_links::follow);
  if (!file)
    return file.assume_error();
  const auto read = runtime::certificate_facts_of(file.assume_value().text);
  if (!read)
    return shm::failed(shm::errc::bad_argument, path + " "
                                                  + read.assume_error().detail
                                                  + "; name a .crt file");
  const auto& facts = read.assume_value();
  const auto at = now();
  shown out;
  out.data
    = {{"subject", facts.subject},
       {"cluster", facts.organization},
       {"issuer", facts.issuer},
       {"kind", facts.authority ? "authority" : "node"},
       {"names", facts.names},
       {"key", facts.key},
       {"server", facts.for_server},
       {"client", facts.for_client},
       {"valid_from", runtime::text_of(facts.not_before)},
       {"expires", runtime::text_of(facts.not_after)},
       {"days_left",
        std::chrono::floor<std::chrono::days>(facts.not_after - at).count()},
       {"state", state_of(facts, at)},
       {"fingerprint", facts.fingerprint}};
  return out;
}

} // namespace holdfast::shell
