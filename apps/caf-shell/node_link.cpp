#include "apps/caf-shell/node_link.hpp"

#include <utility>

namespace holdfast::shell {

shm::result<client::connection> node_link::connection() {
  if (connection_ && connection_->alive())
    return *connection_;
  regions_.clear();
  connection_.reset();
  auto made = client::connection::connect(options_);
  if (made)
    connection_ = made.assume_value();
  return made;
}

shm::result<shm::region_view> node_link::region(std::string_view name,
                                                shm::access wanted) {
  auto node = connection();
  if (!node)
    return std::move(node).assume_error();
  const auto known = regions_.find(name);
  if (known != regions_.end()) {
    if (wanted == shm::access::read || known->second.writable())
      return known->second;
    regions_.erase(known);
    if (auto done = node.assume_value().detach(name); !done)
      return std::move(done).assume_error();
  }
  auto view = node.assume_value().attach(name, wanted);
  if (view)
    regions_.insert_or_assign(std::string{name}, view.assume_value());
  return view;
}

bool node_link::connected() const noexcept {
  return connection_ && connection_->alive();
}

nlohmann::ordered_json node_link::meta() const {
  if (!connection_)
    return nullptr;
  const auto& node = connection_->node();
  return {{"node", {{"id", node.node}, {"name", node.name}}},
          {"version", node.version},
          {"tenant", node.tenant},
          {"principal", node.principal}};
}

std::string node_link::place() const {
  if (!connection_)
    return options_.socket;
  return connection_->node().tenant + '@' + connection_->node().name;
}

} // namespace holdfast::shell
