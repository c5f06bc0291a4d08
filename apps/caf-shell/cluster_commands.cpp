// Commands about the cluster: what the node tells of it, and orders to it.
#include "apps/caf-shell/commands.hpp"

#include <charconv>

namespace holdfast::shell {

namespace {

using nlohmann::ordered_json;

shm::result<wire::fields> call(workplace& at, std::string_view command,
                               wire::fields fields = {}) {
  auto node = at.node.connection();
  if (!node)
    return std::move(node).assume_error();
  return node.assume_value().call(command, std::move(fields));
}

command_result table(workplace& at, std::string_view command,
                     std::vector<std::string> columns) {
  auto heard = call(at, command);
  if (!heard)
    return std::move(heard).assume_error();
  shown out;
  out.data = json_of(heard.assume_value()).value("rows", ordered_json::array());
  out.columns = std::move(columns);
  return out;
}

/// An order that is answered by nothing but done.
command_result order(workplace& at, std::string_view command,
                     wire::fields fields, std::string remark) {
  auto heard = call(at, command, std::move(fields));
  if (!heard)
    return std::move(heard).assume_error();
  shown out;
  out.remark = std::move(remark);
  return out;
}

command_result order_of_node(workplace& at, std::string_view command,
                             const arguments& with, std::string_view done) {
  const auto node = node_in(with.values[0]);
  if (!node)
    return node.assume_error();
  wire::fields fields{{"node", node.assume_value()}};
  if (with.values.size() > 1)
    fields.push_back({"address", with.values[1]});
  return order(at, command, std::move(fields),
               "node " + with.values[0] + " " + std::string{done});
}

} // namespace

shm::result<std::uint64_t> node_in(const std::string& text) {
  std::uint64_t node = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, node);
  if (error != std::errc{} || stopped != end || node == 0)
    return shm::failed(shm::errc::bad_argument,
                       "a node is told by its id, not by '" + text + "'");
  return node;
}

command_result tell_cluster_status(workplace& at, const arguments&) {
  auto heard = call(at, "cluster_status");
  if (!heard)
    return std::move(heard).assume_error();
  shown out;
  out.data = json_of(heard.assume_value());
  return out;
}

command_result list_instances(workplace& at, const arguments&) {
  return table(at, "cluster_instances",
               {"node", "address", "state", "reason", "role", "rtt_us",
                "bytes_in", "bytes_out"});
}

command_result list_members(workplace& at, const arguments&) {
  return table(at, "members",
               {"node", "address", "role", "proposed", "leader"});
}

command_result add_member(workplace& at, const arguments& with) {
  return order_of_node(at, "members_add", with, "is a member, without a vote");
}

command_result promote_member(workplace& at, const arguments& with) {
  return order_of_node(at, "members_promote", with, "has a vote");
}

command_result remove_member(workplace& at, const arguments& with) {
  return order_of_node(at, "members_remove", with, "is no member any more");
}

command_result leave_members(workplace& at, const arguments&) {
  return order(at, "members_leave", {},
               "this node is leaving; 'members' tells when it has left");
}

command_result transfer_leader(workplace& at, const arguments& with) {
  wire::fields fields;
  if (!with.values.empty()) {
    const auto node = node_in(with.values[0]);
    if (!node)
      return node.assume_error();
    fields.push_back({"to", node.assume_value()});
  }
  return order(at, "leader_transfer", std::move(fields),
               "leadership was handed over");
}

command_result drain_node(workplace& at, const arguments&) {
  return order(at, "drain", {}, "this node does not lead until 'resume'");
}

command_result resume_node(workplace& at, const arguments&) {
  return order(at, "resume", {}, "this node may lead again");
}

} // namespace holdfast::shell
