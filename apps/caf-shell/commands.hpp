// What each command does. Each talks to the node or to mapped memory and
// returns what there is to show; errors are the node's own.
#pragma once

#include "apps/caf-shell/command.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace holdfast::shell {

using command_result = shm::result<shown>;

// Of the shell itself: help.cpp.
command_result help(workplace& at, const arguments& with);

// About the node: node_commands.cpp.
command_result tell_status(workplace& at, const arguments& with);
command_result tell_version(workplace& at, const arguments& with);
command_result tell_time(workplace& at, const arguments& with);
command_result list_sessions(workplace& at, const arguments& with);
command_result list_decisions(workplace& at, const arguments& with);
/// Records of the audit trail that answer to these arguments of `audit`.
command_result list_records(workplace& at, const wire::fields& with);
command_result tell_why(workplace& at,
                        const arguments& with); // why_command.cpp

// About the cluster: cluster_commands.cpp.
command_result tell_cluster_status(workplace& at, const arguments& with);
command_result list_instances(workplace& at, const arguments& with);
command_result list_members(workplace& at, const arguments& with);
command_result add_member(workplace& at, const arguments& with);
command_result promote_member(workplace& at, const arguments& with);
command_result remove_member(workplace& at, const arguments& with);
command_result leave_members(workplace& at, const arguments& with);
command_result transfer_leader(workplace& at, const arguments& with);
command_result drain_node(workplace& at, const arguments& with);
command_result resume_node(workplace& at, const arguments& with);

// About regions: region_commands.cpp.
command_result list_regions(workplace& at, const arguments& with);
command_result tell_region(workplace& at, const arguments& with);
command_result list_variables(workplace& at, const arguments& with);
command_result create_region(workplace& at, const arguments& with);
/// A node, as its id is written.
shm::result<std::uint64_t> node_in(const std::string& text);

command_result move_region(workplace& at, const arguments& with);
command_result grow_region(workplace& at, const arguments& with);
command_result add_variable(workplace& at, const arguments& with);
command_result remove(workplace& at, const arguments& with);

// On values in mapped memory: value_commands.cpp, watch.cpp.
command_result get_values(workplace& at, const arguments& with);
command_result set_value(workplace& at, const arguments& with);
command_result increment(workplace& at, const arguments& with);
command_result flush(workplace& at, const arguments& with);
command_result watch_values(workplace& at, const arguments& with);

// On certificate files of this host: certificate_commands.cpp.
command_result init_certificates(workplace& at, const arguments& with);
command_result issue_certificate(workplace& at, const arguments& with);
command_result show_certificate(workplace& at, const arguments& with);

/// "region/variable" taken apart at the first slash.
struct variable_path {
  std::string region;
  std::string variable;
};

/// Errors: bad_argument when there is no slash.
shm::result<variable_path> path_of(std::string_view text);

/// A command's fields and rows as JSON.
nlohmann::ordered_json json_of(const wire::fields& fields);

/// A size like 4096 or 4KiB. Errors: bad_argument.
shm::result<std::uint64_t> size_of(std::string_view text);

} // namespace holdfast::shell
